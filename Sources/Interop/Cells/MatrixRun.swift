internal import Logging

/// Runs a plan: several combinations at a time, each with processes of its own.
package struct MatrixRun: Sendable {
  package let plan: RunPlan
  package let judge: Judge
  package let environment: RunEnvironment
  /// How many lanes are run at a time.
  package let parallel: Int
  /// Sees each cell's evidence before it is judged.
  private let witness: @Sendable (Evidence) async -> Void

  package init(
    plan: RunPlan, judge: Judge, environment: RunEnvironment, parallel: Int,
    witness: @escaping @Sendable (Evidence) async -> Void = { _ in }
  ) {
    self.plan = plan
    self.judge = judge
    self.environment = environment
    self.parallel = max(1, parallel)
    self.witness = witness
  }

  /// The most cells of a lane: short ones end together, and leave no core idle in the end.
  private static let laneLength = 24

  /// Runs all cells.
  ///
  /// - Parameter progress: called with each result as it comes.
  /// - Returns: the results, in the plan's order.
  /// - Throws: ``InteropError`` if the harness itself fails; `CancellationError`.
  package func results(progress: @escaping @Sendable (CellResult) async -> Void) async throws -> [CellResult] {
    // Recordings share one virtual host and come with their applications' names: they are played one after the other.
    var lanes: [Lane] = []
    for (number, cell) in plan.cells.enumerated() {
      let isReplay = cell.recording != nil
      if let last = lanes.last, last.isReplay == isReplay,
        isReplay || last.cells.first?.cell.combination == cell.combination && last.cells.count < Self.laneLength
      {
        lanes[lanes.count - 1].cells.append((number, cell))
      } else {
        lanes.append(Lane(isReplay: isReplay, cells: [(number, cell)]))
      }
    }
    // The longest wait for nobody.
    lanes.sort { $0.isReplay && !$1.isReplay }

    let collected = Collected(count: plan.cells.count)
    let pool = SessionPool(environment)
    let outcome: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        var waiting = lanes.makeIterator()
        func startNext() {
          guard let lane = waiting.next() else { return }
          let address = lane.isReplay ? environment.replayAddress : environment.broker.address
          // One each: a queue that is not there ends the connection that asked, and whoever else waits on it.
          let inspector = BrokerInspector(
            address, isTidy: lane.isReplay || !environment.broker.isPrivate, Logger(label: "syrpc.interop"))
          let run = LaneRun(
            plan: plan, judge: judge, environment: environment, inspector: inspector, pool: pool,
            witness: witness)
          tasks.addTask {
            let outcome: Result<Void, any Error>
            do {
              try await run.run(lane.cells) { number, result in
                await collected.set(result, at: number)
                await progress(result)
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
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await pool.end()
    try outcome.get()
    return await collected.results
  }
}

/// Cells that are run one after the other.
private struct Lane {
  let isReplay: Bool
  var cells: [(number: Int, cell: Cell)]
}

/// Results by the number of their cell.
private actor Collected {
  private var slots: [CellResult?]

  init(count: Int) { slots = Array(repeating: nil, count: count) }

  func set(_ result: CellResult, at number: Int) { slots[number] = result }
  var results: [CellResult] { slots.compactMap(\.self) }
}
