package import InteropJudge
package import InteropModel
package import InteropRunner
internal import InteropSupport

/// Runs the steps of a proposal, as many as it takes to tell.
package struct ProposalRun: Sendable {
  package let plan: ProposalPlan
  package let judge: Judge
  package let environment: RunEnvironment
  /// What peers claim that claim another proposal.
  package let claims: [String: Contract]
  /// How many lanes are run at a time.
  package let parallel: Int
  /// What peers can do, by their names.
  package let features: [String: [String]]
  /// Of which cells ``selected()`` is made.
  package let selection: RunPlan.Selection
  /// Is told of each step that begins: its states, and how many cells it has.
  package let begin: @Sendable (Stage, Stage, Int) async -> Void
  /// Is told of each cell.
  package let progress: @Sendable (CellResult) async -> Void

  package init(
    plan: ProposalPlan, judge: Judge, environment: RunEnvironment, claims: [String: Contract] = [:], parallel: Int,
    features: [String: [String]] = [:], selection: RunPlan.Selection = RunPlan.Selection(),
    begin: @escaping @Sendable (Stage, Stage, Int) async -> Void = { _, _, _ in },
    progress: @escaping @Sendable (CellResult) async -> Void = { _ in }
  ) {
    self.plan = plan
    self.judge = judge
    self.environment = environment
    self.claims = claims
    self.parallel = parallel
    self.features = features
    self.selection = selection
    self.begin = begin
    self.progress = progress
  }

  /// Runs old and new against each other; through the phases only where that has no order.
  ///
  /// - Throws: as ``MatrixRun/results(progress:)``.
  package func verdict() async throws -> ProposalVerdict {
    let direct = try await step(from: plan.old, to: plan.new)
    let verdict = ProposalVerdict(plan.proposal, direct: direct)
    guard verdict.isWorkable == .works, verdict.order == nil else { return verdict }
    var phased: [StepResult] = []
    for (before, after) in zip(plan.stages, plan.stages.dropFirst()) {
      phased.append(try await step(from: before, to: after))
      // A step that cannot be made ends the way.
      if phased.last?.order == nil { break }
    }
    return ProposalVerdict(
      plan.proposal, direct: direct, phased: phased, isPhasedWhole: phased.count == plan.stages.count - 1)
  }

  /// Runs the step into one state: a phase, or `new`.
  ///
  /// - Throws: as ``MatrixRun/results(progress:)``; ``InteropError`` if there is no such state.
  package func step(into name: String) async throws -> StepResult {
    let stages = plan.stages
    guard let place = stages.dropFirst().firstIndex(where: { $0.name == name }) else {
      let names = stages.dropFirst().map(\.name)
      throw InteropError("--phase \(name): there is no such phase; \(Spelling.hint(name, among: names))")
    }
    return try await step(from: stages[place - 1], to: stages[place])
  }

  /// Runs only the cells that are selected, of whatever step.
  ///
  /// - Throws: as ``MatrixRun/results(progress:)``; ``InteropError`` if there is none.
  package func selected() async throws -> [MixedCell] {
    var cells: [MixedCell] = []
    for (before, after) in [(plan.old, plan.new)] + Array(zip(plan.stages, plan.stages.dropFirst())) {
      let met = Set(cells.map(\.cell))
      let planned = plan.cells(from: before, to: after).filter { !met.contains($0.cell) && selection.covers($0.cell) }
      if !planned.isEmpty { cells += try await step(from: before, to: after, planned).cells }
    }
    guard !cells.isEmpty else { throw InteropError("the selection leaves no cell of the proposal to run") }
    return cells
  }

  private func step(from before: Stage, to after: Stage) async throws -> StepResult {
    try await step(from: before, to: after, plan.cells(from: before, to: after))
  }

  private func step(
    from before: Stage, to after: Stage, _ planned: [(cell: Cell, mixture: Mixture)]
  ) async throws -> StepResult {
    let mixtures = Dictionary(planned.map { ($0.cell, $0.mixture) }) { first, _ in first }
    let cells = try RunPlan(
      planned.map(\.cell), corpus: plan.corpus, contract: plan.proposal.base, contracts: plan.contracts(claims)
    ).restricted(to: features)
    await begin(before, after, cells.cells.count)
    // What a cell of an earlier step left in its queues must not reach another one.
    let number = 2 * (plan.stages.firstIndex(of: before) ?? 0) * plan.stages.count
    let part = number + 2 * (plan.stages.firstIndex(of: after) ?? 0)
    var environment = environment
    environment.isTidy = true
    let met = try await run(cells, mixtures, environment.part(part))
    // On a busy machine some take longer than the others: they get all the time that they could need.
    let slow = Set(met.filter(\.mayBeSlow).map(\.cell.combination))
    let repeated = met.filter { $0.mayBeSlow || $0.passages == nil && slow.contains($0.cell.combination) }
    guard !repeated.isEmpty else { return StepResult(before: before, after: after, cells: met) }
    environment.timeout = nil
    let again = try await run(cells.keeping(repeated.map(\.cell)), mixtures, environment.part(part + 1), isShown: false)
    return StepResult(
      before: before, after: after, cells: met.map { cell in again.first { $0.cell == cell.cell } ?? cell })
  }

  private func run(
    _ cells: RunPlan, _ mixtures: [Cell: Mixture], _ environment: RunEnvironment, isShown: Bool = true
  ) async throws -> [MixedCell] {
    let seen = SeenPassages()
    let results = try await MatrixRun(
      plan: cells, judge: judge, environment: environment, parallel: parallel,
      witness: { await seen.note($0) }
    ).results { if isShown { await progress($0) } }
    let passages = await seen.passages
    return results.map { result in
      MixedCell(
        cell: result.cell, mixture: mixtures[result.cell] ?? Mixture.all[0], result: result,
        passages: passages[result.cell])
    }
  }
}

extension RunPlan.Selection {
  /// Whether a cell is among those that are selected by roles, scenarios and payloads.
  fileprivate func covers(_ cell: Cell) -> Bool {
    func has(_ patterns: [Glob], _ name: String) -> Bool {
      patterns.isEmpty || patterns.contains { PeerName.matches($0, name) }
    }
    return has(putters, cell.combination.putter) && has(servers, cell.combination.server)
      && has(getters, cell.combination.getter) && has(scenarios, cell.scenario.name) && has(payloads, cell.payload)
      && (touching.isEmpty || Role.allCases.contains { has(touching, cell.combination[$0]) })
  }
}

/// What became of the messages of each cell.
private actor SeenPassages {
  private(set) var passages: [Cell: Passages] = [:]

  func note(_ evidence: Evidence) { passages[evidence.cell] = Passages(evidence) }
}
