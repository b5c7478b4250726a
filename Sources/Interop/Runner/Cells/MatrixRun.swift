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

  /// The most cells of a lane: short ones end together, and leave no core idle in the end.
  private static let laneLength = 33

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
    // Recordings share one virtual host and come with their applications' names: they are played one after the other.
    var lanes: [Lane] = []
    let restarting = plan.cells.enumerated().filter(\.element.scenario.restartsBroker).map {
      (number: $0.offset, cell: $0.element)
    }
    for (number, cell) in plan.cells.enumerated() where !cell.scenario.restartsBroker {
      let isReplay = cell.recording != nil
      if let last = lanes.last, last.isReplay == isReplay,
        isReplay
          || last.place == cell.scenario.place && last.cells.first?.cell.combination == cell.combination
            && last.cells.count < Self.laneLength
      {
        lanes[lanes.count - 1].cells.append((number, cell))
      } else {
        lanes.append(Lane(isReplay: isReplay, place: cell.scenario.place, cells: [(number, cell)]))
      }
    }
    // The longest wait for nobody. Neighbours have peers in common: at a time, they would need many processes of the same
    // kind, and all wait for the broker or all for a core.
    lanes = lanes.filter(\.isReplay) + lanes.filter { !$0.isReplay }.dealt(from: parallel)

    let collected = Collected(count: plan.cells.count)
    let pool = SessionPool(environment)
    let outcome: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        var waiting = lanes.makeIterator()
        func startNext() {
          guard let lane = waiting.next() else { return }
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
          }
        }
        for _ in 0..<parallel { startNext() }
        while try await tasks.next() != nil { startNext() }
      }
      try await runRestarting(restarting, pool) { number, result in
        await collected.set(result, at: number)
        try await progress(result)
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

/// Cells that are run one after the other, on one virtual host.
private struct Lane {
  let isReplay: Bool
  let place: Place
  var cells: [(number: Int, cell: Cell)]

  func address(_ environment: RunEnvironment) -> BrokerAddress {
    if isReplay { return environment.replayAddress }
    return environment.places[place] ?? environment.broker.address
  }
}

/// Results by the number of their cell.
private actor Collected {
  private var slots: [CellResult?]

  init(count: Int) { slots = Array(repeating: nil, count: count) }

  func set(_ result: CellResult, at number: Int) { slots[number] = result }
  var results: [CellResult] { slots.compactMap(\.self) }
}
