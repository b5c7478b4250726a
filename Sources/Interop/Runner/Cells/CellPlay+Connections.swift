internal import Foundation
internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Connections, opened and closed.
extension CellPlay {
  func parameters(_ role: Role) -> OpenParameters {
    OpenParameters(taps[role], run.broker.address, appName: run.topology.appName, scenario: run.cell.scenario)
  }

  mutating func open(_ these: [Role]) async -> Bool {
    let attempts = await concurrently(these) { role, session, parameters in
      await Attempt("open") { try await session.open(role, parameters) }
    }
    for (role, attempt) in attempts {
      roles[role].outcomes.append(attempt.outcome)
      if attempt.value != nil { opened.insert(role) }
    }
    return attempts.allSatisfy { $0.1.value != nil }
  }

  mutating func close(_ these: [Role]) async -> Bool {
    let these = these.filter(opened.contains)
    // One moment for all: what one does as it closes, the others need not heed any more.
    let told = Date.now
    for role in these { roles[role].toldToClose = told }
    let attempts = await concurrently(these) { _, session, _ in
      await Attempt("close") { try await session.close() }
    }
    for (role, attempt) in attempts { roles[role].outcomes.append(attempt.outcome) }
    opened.subtract(these)
    return attempts.allSatisfy { $0.1.value != nil }
  }

  private func concurrently(
    _ roles: [Role], _ act: @escaping @Sendable (Role, PeerSession, OpenParameters) async -> Attempt<Void>
  ) async -> [(Role, Attempt<Void>)] {
    await withTaskGroup(of: (Role, Attempt<Void>).self) { tasks in
      for role in roles {
        tasks.addTask { [session = run.sessions[role], parameters = parameters(role)] in
          (role, await act(role, session, parameters))
        }
      }
      return await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
    }
  }
}
