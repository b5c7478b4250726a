internal import Logging

/// Runs a plan: several combinations at a time, each with processes of its own.
package struct MatrixRun: Sendable {
  package let plan: RunPlan
  package let judge: Judge
  package let environment: RunEnvironment
  /// How many combinations are run at a time.
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

  /// Runs all cells.
  ///
  /// - Parameter progress: called with each result as it comes.
  /// - Returns: the results, in the plan's order.
  /// - Throws: ``InteropError`` if the harness itself fails; `CancellationError`.
  package func results(progress: @escaping @Sendable (CellResult) async -> Void) async throws -> [CellResult] {
    let numbered = plan.cells.enumerated().map { (number: $0.offset, cell: $0.element) }
    var groups: [[(number: Int, cell: Cell)]] = []
    for entry in numbered {
      if groups.last?.first?.cell.combination == entry.cell.combination {
        groups[groups.count - 1].append(entry)
      } else {
        groups.append([entry])
      }
    }

    let collected = Collected(count: plan.cells.count)
    let outcome: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        var waiting = groups.makeIterator()
        func startNext() {
          guard let cells = waiting.next(), let combination = cells.first?.cell.combination else { return }
          // One each: a queue that is not there ends the connection that asked, and whoever else waits on it.
          let inspector = BrokerInspector(environment.broker.address, Logger(label: "syrpc.interop"))
          let run = CombinationRun(
            combination: combination, plan: plan, judge: judge, environment: environment, inspector: inspector,
            witness: witness)
          tasks.addTask {
            let outcome: Result<Void, any Error>
            do {
              try await run.run(cells) { number, result in
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
    try outcome.get()
    return await collected.results
  }
}

/// Results by the number of their cell.
private actor Collected {
  private var slots: [CellResult?]

  init(count: Int) { slots = Array(repeating: nil, count: count) }

  func set(_ result: CellResult, at number: Int) { slots[number] = result }
  var results: [CellResult] { slots.compactMap(\.self) }
}
