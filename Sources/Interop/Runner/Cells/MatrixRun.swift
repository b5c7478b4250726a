internal import AMQP
package import InteropJudge
package import InteropModel
internal import InteropSupport
internal import Logging

/// Runs a plan: several combinations at a time, each with processes of its own.
package struct MatrixRun: Sendable {
  package let plan: RunPlan
  private let judging: CellJudging
  private var environment: RunEnvironment { judging.environment }
  /// How many lanes are run at a time.
  package let parallel: Int

  package init(
    plan: RunPlan, judge: Judge, environment: RunEnvironment, parallel: Int,
    witness: @escaping @Sendable (Evidence) async -> Void = { _ in }
  ) {
    self.plan = plan
    judging = CellJudging(judge: judge, environment: environment, witness: witness)
    self.parallel = max(1, parallel)
  }

  /// Runs all cells.
  ///
  /// - Parameter progress: called with each result as it comes; what it throws ends the run.
  /// - Returns: the results, in the plan's order.
  /// - Throws: as ``Outcome/failure``.
  package func results(progress: @escaping @Sendable (CellResult) async throws -> Void) async throws -> [CellResult] {
    let outcome = await outcome(progress: progress)
    if let failure = outcome.failure { throw failure }
    return outcome.results
  }

  /// What was run, and why not all was.
  package struct Outcome: Sendable {
    /// In the plan's order.
    package let results: [CellResult]
    /// ``InteropError`` if the harness itself failed, ``BrokerError`` if the broker is gone, `CancellationError`, or what
    /// `progress` threw; nil if all was run.
    package let failure: (any Error)?
  }

  /// Runs all cells, or as many as can be.
  ///
  /// - Parameter progress: called with each result as it comes; what it throws ends the run.
  /// - Returns: what was run.
  package func outcome(progress: @escaping @Sendable (CellResult) async throws -> Void) async -> Outcome {
    let lanes = plan.lanes(dealtFrom: parallel)
    let restarting = plan.cells.enumerated().filter(\.element.scenario.restartsBroker).map {
      (number: $0.offset, cell: $0.element)
    }
    let collected = Collected(count: plan.cells.count)
    let pool = SessionPool(environment)
    let outcome: Result<Void, any Error>
    do {
      // First: the more durable queues the other cells have left, the longer a broker takes to restart.
      try await runRestarting(restarting, pool) { number, result in
        await collected.set(result, at: number)
        try await progress(result)
      }
      try await withThrowingTaskGroup(of: Bool.self) { tasks in
        var (waiting, busy) = (lanes.waiting.makeIterator(), lanes.busy.makeIterator())
        func startNext(_ isWaiting: Bool) {
          guard let lane = isWaiting ? waiting.next() ?? busy.next() : busy.next() ?? waiting.next() else { return }
          let address = lane.address(environment)
          // One each: a queue that is not there ends the connection that asked, and whoever else waits on it.
          let inspector = BrokerInspector(
            address, isTidy: lane.isReplay || !environment.broker.isPrivate || environment.isTidy,
            noting: environment.broker.declarations, Logger(label: "syrpc.interop"))
          let run = LaneRun(
            plan: plan, judging: judging, inspector: inspector, pool: pool)
          tasks.addTask {
            let outcome: Result<Void, any Error>
            do {
              try await run.run(lane.cells) { number, result in
                await collected.set(result, at: number)
                try await progress(result)
              }
              outcome = .success(())
            } catch { outcome = .failure(error) }
            await inspector.close()
            try outcome.get()
            return isWaiting
          }
        }
        // From the first, so that none is left when the rest is done; and the rest keeps the cores busy meanwhile.
        for number in 0..<parallel { startNext(number < 2 * parallel / 3) }
        while let isWaiting = try await tasks.next() { startNext(isWaiting) }
      }
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    let ending = Timings.Span(.processes)
    await pool.end()
    ending.end()
    var failure: (any Error)?
    if case .failure(let error) = outcome { failure = error }
    return Outcome(results: await collected.results, failure: failure)
  }
}

extension MatrixRun {
  private func runRestarting(
    _ cells: [(number: Int, cell: Cell)], _ pool: SessionPool,
    _ report: @escaping @Sendable (Int, CellResult) async throws -> Void
  ) async throws {
    guard !cells.isEmpty else { return }
    guard let restart = environment.restart else { throw InteropError("the broker cannot be restarted") }
    try await RestartRun(plan: plan, judging: judging, pool: pool, parallel: parallel, restart: restart)
      .run(cells, report: report)
  }
}

/// Results by the number of their cell.
private actor Collected {
  private var slots: [CellResult?]

  init(count: Int) { slots = Array(repeating: nil, count: count) }

  func set(_ result: CellResult, at number: Int) { slots[number] = result }
  var results: [CellResult] { slots.compactMap(\.self) }
}
