internal import InteropJudge
package import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// Runs cells one after the other: processes for each combination, and fresh connections for each cell.
struct LaneRun {
  let plan: RunPlan
  let judging: CellJudging
  let inspector: BrokerInspector
  let pool: SessionPool

  /// After so many cells in a row in which a peer timed out or broke, the rest of a combination would only take time.
  static let patience = 3

  /// Runs cells.
  ///
  /// - Parameters:
  ///   - cells: the cells, with their places in the plan, those of a combination together.
  ///   - report: called with each cell's result.
  /// - Throws: ``InteropError``, `CancellationError`.
  func run(_ cells: [(number: Int, cell: Cell)], report: @Sendable (Int, CellResult) async throws -> Void) async throws
  {
    var rest = cells[...]
    while let first = rest.first?.cell {
      let same = rest.prefix { $0.cell.combination == first.combination }
      rest = rest.dropFirst(same.count)
      var trio = Trio(first, from: pool)
      do {
        try await run(same, &trio, report)
        await trio.release()
      } catch {
        await trio.release()
        throw error
      }
    }
  }

  private func run(
    _ cells: ArraySlice<(number: Int, cell: Cell)>, _ trio: inout Trio,
    _ report: (Int, CellResult) async throws -> Void
  ) async throws {
    var setbacks = 0
    /// The cell whose application the next of its scenario can have, since nothing is left in it: to declare durable
    /// exchanges and queues anew for each is half of the broker's work.
    var clean: (number: Int, scenario: Scenario)?
    for (number, cell) in cells {
      try Task.checkCancellation()
      guard setbacks < Self.patience else {
        let reason = "\(Self.patience) cells in a row of \(cell.combination.name) timed out or broke"
        try await report(number, judging.skipped(cell, reason))
        continue
      }
      if let reason = await pool.reasonToSkip(cell.combination) {
        try await report(number, judging.skipped(cell, reason))
        continue
      }
      if judging.environment.isFresh {
        await trio.release()
        trio = Trio(cell, from: pool)
        clean = nil
      }
      let sessions = await trio.sessions()
      let logs = LogMarks(sessions)
      let started = ContinuousClock.now
      let application = clean.flatMap { $0.scenario == cell.scenario ? $0.number : nil } ?? number
      let evidence = try await evidence(cell, application, sessions)
      clean = evidence.isClean ? (application, cell.scenario) : nil
      let took = started.duration(to: .now)
      try Task.checkCancellation()
      let result = try await judging.result(evidence, took: took, logs: logs)
      if !logs.isOfKnownFailure {
        setbacks = result.verdict.isUnexpected && evidence.hasSetback ? setbacks + 1 : 0
        await pool.note(evidence, result.verdict)
      }
      try await report(number, result)
    }
  }

  private func evidence(
    _ cell: Cell, _ number: Int, _ sessions: Result<[Role: PeerSession], Trio.RoleFailure>
  ) async throws -> Evidence {
    let environment = judging.environment
    do {
      guard let recorded = cell.recording.flatMap({ plan.recordings[$0] }) else {
        return try await CellRun(cell, number, plan, judging, sessions, inspector, pool).evidence()
      }
      let span = Timings.Span(.calls)
      defer { span.end() }
      return try await ReplayRun(
        cell: cell, recorded: recorded, topology: plan.topology(of: cell, number, environment),
        live: try sessions.get(), broker: environment.broker.at(environment.replayAddress), inspector: inspector,
        faults: .all(environment.faults)
      ).evidence()
    } catch let failure as Trio.RoleFailure {
      return plan.evidence(of: cell, failure, environment, number)
    }
  }
}

extension Evidence {
  /// Whether all went well, and no message and no consumer was found afterwards.
  fileprivate var isClean: Bool {
    leftovers?.isEmpty == true && brokerProblem == nil && !Role.allCases.contains { roles[$0].hasFailed }
  }

  /// Whether a peer timed out or broke.
  fileprivate var hasSetback: Bool {
    Role.allCases.contains { role in
      roles[role].outcomes.contains { $0.error?.kind == .timeout || $0.error?.kind == .broken }
    }
  }
}

extension RunPlan {
  /// What the contract says of a cell's application.
  func topology(of cell: Cell, _ number: Int, _ environment: RunEnvironment) -> ExpectedTopology {
    let recorded = cell.recording.flatMap { recordings[$0] }
    let name = recorded?.appName ?? cell.scenario.appName("interop-\(environment.runID)-\(number)")
    return ExpectedTopology(contract, appName: name, cell.scenario)
  }

  /// What the other contracts say of it that peers of the cell claim to keep to.
  func claims(in cell: Cell, _ topology: ExpectedTopology) -> [Role: ExpectedTopology] {
    Role.allCases.reduce(into: [:]) { claims, role in
      claims[role] = contracts[cell.combination[role]].map {
        ExpectedTopology($0, appName: topology.appName, cell.scenario)
      }
    }
  }

  /// What there is of a cell of which an adapter did not start.
  package func evidence(
    of cell: Cell, _ failure: Trio.RoleFailure, _ environment: RunEnvironment, _ number: Int
  ) -> Evidence {
    var roles = cell.combination.map { RoleEvidence(peer: $0, identity: nil) }
    roles[failure.role].outcomes = [("open", failure.failure.error)]
    var evidence = Evidence(
      cell: cell, topology: topology(of: cell, number, environment), calls: [], roles: roles)
    evidence.claims = claims(in: cell, evidence.topology)
    evidence.leftovers = []
    return evidence
  }
}

extension CellRun {
  /// A cell as its scenario has it.
  ///
  /// - Throws: ``InteropError`` if it has no payload; ``Trio/RoleFailure`` if a peer did not start.
  init(
    _ cell: Cell, _ number: Int, _ plan: RunPlan, _ judging: CellJudging,
    _ sessions: Result<[Role: PeerSession], Trio.RoleFailure>, _ inspector: BrokerInspector, _ pool: SessionPool
  ) throws {
    guard let payloads = cell.payloads(in: plan.corpus), let sessions = PerRole(try sessions.get()) else {
      throw InteropError("\(cell.name) has no payload, or no peer for each role")
    }
    let environment = judging.environment
    let topology = plan.topology(of: cell, number, environment)
    self.init(
      cell: cell, payloads: payloads, topology: topology, sessions: sessions,
      broker: environment.broker(of: cell.scenario), inspector: inspector, pool: pool,
      faults: .all(environment.faults.isEmpty ? cell.scenario.faults : environment.faults))
    let identities = Role.allCases.reduce(into: [:]) { $0[$1] = sessions[$1].identity }
    claims = plan.claims(in: cell, topology)
    if let timeout = environment.timeout { self.timeout = timeout }
    getterIsToFail = judging.judge.lists("outcome.get", of: .getter, in: cell, identities)
  }
}
