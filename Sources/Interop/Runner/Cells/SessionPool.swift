internal import InteropJudge
package import InteropModel
internal import InteropSupport

/// Running adapters that wait for work. Combinations come and go; starting a process for each would take longer than the
/// calls.
///
/// A session plays any role. What it leaves on the broker goes with its connection, and each cell has fresh ones.
package actor SessionPool {
  private let environment: RunEnvironment
  private var idle: [String: [PeerSession]] = [:]
  /// How many of each peer have been started.
  private var started: [String: Int] = [:]
  /// How many of each peer did not start, one after the other, and why the last did not.
  private var failedStarts: [String: (count: Int, last: PeerError)] = [:]
  /// In how many cells, one after the other, a peer broke in a role, and how in the last.
  private var breaks: [Part: (count: Int, last: PeerError)] = [:]

  private struct Part: Hashable {
    let role: Role
    let peer: String
  }

  /// After so many failures in a row a peer is not tried any more: each may take the time of a hang.
  private static let patience = 6

  package init(_ environment: RunEnvironment) { self.environment = environment }

  /// A session that nobody else has.
  ///
  /// - Throws: ``StartFailure``.
  func take(_ peer: String) async throws(StartFailure) -> PeerSession {
    if let session = idle[peer]?.popLast() { return session }
    if let failure = environment.failures[peer] { throw StartFailure(error: failure, log: "", isKnown: true) }
    if let failed = failedStarts[peer], failed.count >= Self.patience {
      throw StartFailure(
        error: PeerError(.broken, "\(failed.count) times in a row: \(failed.last.message)"), log: "", isKnown: true)
    }
    let number = (started[peer] ?? 0) + 1
    started[peer] = number
    let log = environment.logFolder / "\(peer)-\(number).log"
    guard let command = environment.commands[peer] else {
      throw StartFailure(error: PeerError(.broken, "\(peer) cannot be run here"), log: log)
    }
    do {
      let session = try await PeerSession.start(
        peer: peer, command, log: log, in: environment.runFolder, as: environment.identities[peer])
      failedStarts[peer] = nil
      return session
    } catch {
      let error = error as? PeerError ?? PeerError(.broken, "\(error)")
      failedStarts[peer] = ((failedStarts[peer]?.count ?? 0) + 1, error)
      throw StartFailure(error: error, log: log)
    }
  }

  /// Notes whether peers broke in a cell. That they break as is known says nothing of the next cell.
  func note(_ evidence: Evidence, _ verdict: Verdict) {
    for role in Role.allCases {
      let outcomes = evidence.roles[role].outcomes
      guard !outcomes.isEmpty else { continue }
      let part = Part(role: role, peer: evidence.roles[role].peer)
      let failure = outcomes.compactMap(\.error).first { $0.kind == .broken }
      if failure != nil, !verdict.isUnexpected { continue }
      breaks[part] = failure.map { ((breaks[part]?.count ?? 0) + 1, $0) }
    }
  }

  /// Why cells of a combination are not worth their time any more; nil if they are.
  func reasonToSkip(_ combination: Combination) -> String? {
    for role in Role.allCases {
      guard let broke = breaks[Part(role: role, peer: combination[role])], broke.count >= Self.patience else {
        continue
      }
      return "\(combination[role]) broke as \(role.rawValue) in \(broke.count) cells in a row, the last time: "
        + broke.last.message.shortened()
    }
    return nil
  }

  /// Takes a session back. One that broke is ended, as is every one where no cell has another's.
  func give(_ session: PeerSession) async {
    let isBroken = await session.isBroken
    if isBroken || environment.isFresh {
      await session.terminate()
    } else {
      idle[session.peer, default: []].append(session)
    }
  }

  /// Ends all that wait.
  package func end() async {
    let sessions = idle.values.flatMap(\.self)
    idle = [:]
    await withTaskGroup(of: Void.self) { tasks in
      for session in sessions { tasks.addTask { await session.terminate() } }
    }
  }
}

/// An adapter that did not start, and the log that may say why.
package struct StartFailure: Error {
  package let error: PeerError
  let log: String
  /// Whether that was known: nothing was tried.
  var isKnown = false

  package init(error: PeerError, log: String, isKnown: Bool = false) {
    self.error = error
    self.log = log
    self.isKnown = isKnown
  }
}
