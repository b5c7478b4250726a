internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import Logging

/// Runs the cells in whose course the broker is restarted: all of them up to that point, then the restart, then the rest.
struct RestartRun {
  let plan: RunPlan
  let judging: CellJudging
  let pool: SessionPool
  let parallel: Int
  /// Restarts the broker, and returns when it is ready.
  let restart: @Sendable () async throws -> Void

  /// A cell between the two parts.
  private enum Half: Sendable {
    case waiting(CellPlay, since: ContinuousClock.Instant, LogMarks)
    case done(Evidence, since: ContinuousClock.Instant, LogMarks)
    case skipped(String)
  }

  /// - Throws: ``InteropError``, ``BrokerError``, `CancellationError`.
  func run(
    _ cells: [(number: Int, cell: Cell)], report: @escaping @Sendable (Int, CellResult) async throws -> Void
  ) async throws {
    guard !cells.isEmpty else { return }
    let halves = try await cells.concurrentMap(atMost: parallel) { number, cell in try await begin(number, cell) }
    // What nobody uses any more would be shut down with an error.
    await pool.end()
    let restarting = Timings.Span(.broker)
    try await restart()
    restarting.end()
    _ = try await Array(zip(cells, halves)).concurrentMap(atMost: parallel) { cell, half in
      if case .skipped(let reason) = half { return try await report(cell.number, judging.skipped(cell.cell, reason)) }
      guard let (evidence, since, logs) = try await end(cell.cell, half) else { return }
      let result = try await judging.result(evidence, took: since.duration(to: .now), logs: logs)
      if !logs.isOfKnownFailure { await pool.note(evidence, result.verdict) }
      try await report(cell.number, result)
    }
  }

  /// One for each cell: a queue that is not there ends the connection that asked, and whoever else waits on it.
  private func inspector(_ cell: Cell) -> BrokerInspector {
    BrokerInspector(
      judging.environment.broker(of: cell.scenario).address, isTidy: false, Logger(label: "syrpc.interop"))
  }

  private func begin(_ number: Int, _ cell: Cell) async throws -> Half {
    if let reason = await pool.reasonToSkip(cell.combination) { return .skipped(reason) }
    let started = ContinuousClock.now
    var trio = Trio(cell, from: pool)
    let sessions = await trio.sessions()
    let logs = LogMarks(sessions)
    let half: Half
    do {
      let run = try CellRun(cell, number, plan, judging, sessions, inspector(cell), pool)
      var play = try await CellPlay(run)
      await play.perform()
      half =
        play.waitsForRestart ? .waiting(play, since: started, logs) : .done(await play.evidence(), since: started, logs)
      await run.inspector.close()
    } catch let failure as Trio.RoleFailure {
      half = .done(plan.evidence(of: cell, failure, judging.environment, number), since: started, logs)
    } catch {
      await trio.release()
      throw error
    }
    await trio.release()
    return half
  }

  /// What came of a cell; nil for one that was skipped.
  private func end(_ cell: Cell, _ half: Half) async throws -> (Evidence, ContinuousClock.Instant, LogMarks)? {
    switch half {
    case .skipped: return nil
    case .done(let evidence, let since, let logs): return (evidence, since, logs)
    case .waiting(var play, let since, _):
      var trio = Trio(cell, from: pool)
      let sessions = await trio.sessions()
      // Those of the first part are gone, and their logs with them.
      let logs = LogMarks(sessions)
      switch sessions {
      case .success(let live): if let sessions = PerRole(live) { await play.resume(with: sessions) }
      case .failure(let failure): play.note(failure)
      }
      let evidence = await play.evidence()
      await play.run.inspector.close()
      await trio.release()
      return (evidence, since, logs)
    }
  }
}

extension Array where Element: Sendable {
  /// As `map`, several at a time.
  func concurrentMap<Result: Sendable>(
    atMost limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { tasks in
      var results: [Result?] = Array<Result?>(repeating: nil, count: count)
      for (index, element) in enumerated() {
        if index >= limit, let (done, result) = try await tasks.next() { results[done] = result }
        tasks.addTask { (index, try await transform(element)) }
      }
      while let (done, result) = try await tasks.next() { results[done] = result }
      return results.compactMap(\.self)
    }
  }
}
