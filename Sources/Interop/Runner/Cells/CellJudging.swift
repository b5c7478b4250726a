internal import InteropBroker
internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import WireTap

/// Judges cells, and keeps what was recorded of those that are not as expected.
struct CellJudging: Sendable {
  let judge: Judge
  let environment: RunEnvironment
  /// Sees each cell's evidence before it is judged.
  let witness: @Sendable (Evidence) async -> Void

  /// - Throws: ``BrokerError`` if the broker is gone, and nobody can be judged; `CancellationError`.
  func result(_ evidence: Evidence, took: Duration, logs: LogMarks) async throws -> CellResult {
    await witness(evidence)
    let span = Timings.Span(.judging)
    var result = judge.judge(evidence)
    span.end()
    try Task.checkCancellation()
    result.repeatCommand = environment.repetition.command(result.cell)
    result.context = CellContext(evidence)
    result.messages = evidence.messages
    result.milliseconds = Int(took / .milliseconds(1))
    // Where nothing was tried, nothing need be kept.
    guard !logs.isOfKnownFailure else { return result }
    if result.verdict.isUnexpected {
      try await environment.watch?.check()
      if let reason = await slowness(evidence) { return skipped(evidence.cell, reason) }
    }
    switch environment.evidence {
    case .all: keep(evidence, logs, &result)
    case .failing: if result.verdict.isUnexpected { keep(evidence, logs, &result) }
    case .none: break
    }
    return result
  }

  /// Why it is the broker's doing that a peer could not connect; nil if it is not. One that is slow at some connections
  /// need not be so at others, so what was measured before counts as well.
  private func slowness(_ evidence: Evidence) async -> String? {
    guard environment.faults.isEmpty, evidence.cell.scenario.faults.isEmpty,
      let (role, peer) = evidence.gaveUpConnecting
    else { return nil }
    let address = environment.broker(of: evidence.cell.scenario).address
    let times = [environment.broker.acceptance, await AcceptanceTime.slowest(of: address)].compactMap(\.self)
    guard let slowest = times.max(), slowest >= AcceptanceTime.isSlow else { return nil }
    return "\(peer) as \(role.rawValue) gave up connecting before the broker answered, which takes the broker up to "
      + "\(slowest.inSeconds)"
  }

  func skipped(_ cell: Cell, _ reason: String) -> CellResult {
    var result = CellResult(cell: cell, skipReason: reason)
    result.repeatCommand = environment.repetition.command(result.cell)
    return result
  }

  /// Writes the cell's folder. That it cannot be written is no reason to run nothing more.
  private func keep(_ evidence: Evidence, _ logs: LogMarks, _ result: inout CellResult) {
    let span = Timings.Span(.writing)
    defer { span.end() }
    do {
      result.folder = try CellFolder(evidence: evidence, result: result, environment: environment).write(
        logs: logs.added(), commands: evidence.cell.combination.map { environment.commands[$0] })
    } catch {
      result.unkept = "\(error)"
      // Half of it would be misleading, and keep the room that the report needs.
      try? Files.remove(environment.output / "cells/\(evidence.cell.name)")
    }
  }
}
