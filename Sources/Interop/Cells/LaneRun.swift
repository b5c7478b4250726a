internal import SyRPCWire

/// Runs cells one after the other: processes for each combination, and fresh connections for each cell.
struct LaneRun {
  let plan: RunPlan
  let judge: Judge
  let environment: RunEnvironment
  let inspector: BrokerInspector
  let pool: SessionPool
  /// Sees each cell's evidence before it is judged.
  let witness: @Sendable (Evidence) async -> Void

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
    for (number, cell) in cells {
      try Task.checkCancellation()
      guard setbacks < Self.patience else {
        let reason = "\(Self.patience) cells in a row of \(cell.combination.name) timed out or broke"
        var skipped = CellResult(cell: cell, skipReason: reason)
        skipped.faults = environment.faults
        try await report(number, skipped)
        continue
      }
      let sessions = await trio.sessions()
      let logs: LogMarks =
        switch sessions {
        case .success(let live): LogMarks(live)
        case .failure(let failure): LogMarks(failure)
        }
      let started = ContinuousClock.now
      let evidence = try await evidence(cell, number, sessions)
      let took = started.duration(to: .now)
      try Task.checkCancellation()
      await witness(evidence)
      var result = judge.judge(evidence)
      result.faults = environment.faults
      result.milliseconds = Int(took / .milliseconds(1))
      if result.verdict.isUnexpected {
        result.folder = try CellFolder(evidence: evidence, result: result, environment: environment).write(
          logs: logs.added(), commands: cell.combination.map { environment.commands[$0] })
        setbacks = evidence.hasSetback ? setbacks + 1 : 0
      } else {
        setbacks = 0
      }
      try await report(number, result)
    }
  }

  private func evidence(
    _ cell: Cell, _ number: Int, _ sessions: Result<[Role: PeerSession], Trio.RoleFailure>
  ) async throws -> Evidence {
    let recorded = cell.recording.flatMap { plan.recordings[$0] }
    let appName = recorded?.appName ?? "interop-\(environment.runID)-\(number)\(cell.scenario.appNameSuffix)"
    let topology = ExpectedTopology(plan.contract, appName: appName, cell.scenario)
    switch sessions {
    case .success(let live):
      if let recorded {
        let broker = BrokerEndpoint(
          address: environment.replayAddress, about: environment.broker.about,
          isPrivate: environment.broker.isPrivate)
        return try await ReplayRun(
          cell: cell, recorded: recorded, topology: topology, live: live, broker: broker, inspector: inspector,
          faults: .all(environment.faults)
        ).evidence()
      }
      guard let payload = plan.corpus[cell.payload], let sessions = PerRole(live) else {
        throw InteropError("\(cell.name) has no payload, or no peer for each role")
      }
      return try await CellRun(
        cell: cell, payload: payload, topology: topology, sessions: sessions, broker: environment.broker,
        inspector: inspector, faults: .all(environment.faults)
      ).evidence()
    case .failure(let failure):
      var roles = cell.combination.map { RoleEvidence(peer: $0, identity: nil) }
      roles[failure.role].outcomes = [("open", failure.failure.error)]
      var evidence = Evidence(cell: cell, topology: topology, calls: [], roles: roles)
      evidence.leftovers = []
      return evidence
    }
  }
}

extension Evidence {
  /// Whether a peer timed out or broke.
  fileprivate var hasSetback: Bool {
    Role.allCases.contains { role in
      roles[role].outcomes.contains { $0.error?.kind == .timeout || $0.error?.kind == .broken }
    }
  }
}
