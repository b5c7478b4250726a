package import InteropJudge
package import InteropModel
package import InteropRunner
internal import InteropSupport
internal import Logging
internal import SyRPCWire
internal import WireTap

/// Plants defects, one at a time, and sees whether the check that each is for finds it.
package struct SelfTestRun: Sendable {
  package let plantings: [Planting]
  private let plan: RunPlan
  private let judge: Judge
  private let environment: RunEnvironment
  private let parallel: Int
  private let executable: String

  /// A run.
  ///
  /// - Parameters:
  ///   - mutations: what is to be planted.
  ///   - peers: those that are live, by name.
  ///   - recordings: what is played in cells that replay.
  ///   - plan: has the corpus and the contract.
  ///   - judge: makes all checks, and knows the divergences.
  ///   - environment: where it takes place.
  ///   - parallel: how many cells at a time.
  ///   - executable: the program `syrpc`, which stands before defective adapters.
  package init(
    _ mutations: [Mutation], peers: [String], recordings: [RecordedConversation], plan: RunPlan, judge: Judge,
    environment: RunEnvironment, parallel: Int, executable: String
  ) {
    self.plan = plan
    self.judge = judge
    self.environment = environment
    self.parallel = max(1, parallel)
    self.executable = executable
    plantings = Planting.all(
      mutations, peers: peers, recordings: recordings, isListed: { judge.lists($0, $1, environment.identities) })
  }

  /// How long peers wait for what a planted defect keeps from them.
  private static let timeout = Duration.seconds(2)

  /// Plants all of them.
  ///
  /// - Parameter progress: called with each result as it comes.
  /// - Returns: the results, in the order of ``plantings``.
  /// - Throws: ``InteropError`` if the harness itself fails; `CancellationError`.
  package func results(
    progress: @escaping @Sendable (Planting.Result) async -> Void
  ) async throws -> [Planting.Result] {
    let pool = SessionPool(environment)
    let outcome: Result<[Planting.Result?], any Error>
    do {
      outcome = .success(
        try await withThrowingTaskGroup(of: (Int, Planting.Result).self) { tasks in
          var results: [Planting.Result?] = Array(repeating: nil, count: plantings.count)
          var waiting = plantings.enumerated().makeIterator()
          // Recordings share one virtual host and come with their applications' names: one after the other.
          let stage = Stage()
          func startNext() {
            guard let (number, planting) = waiting.next() else { return }
            tasks.addTask {
              let result =
                planting.cell.recording == nil
                ? try await run(planting, number, pool)
                : try await stage.alone { try await run(planting, number, pool) }
              await progress(result)
              return (number, result)
            }
          }
          for _ in 0..<parallel { startNext() }
          while let (number, result) = try await tasks.next() {
            results[number] = result
            startNext()
          }
          return results
        })
    } catch { outcome = .failure(error) }
    await pool.end()
    return try outcome.get().compactMap(\.self)
  }

  private func run(_ planting: Planting, _ number: Int, _ pool: SessionPool) async throws -> Planting.Result {
    let started = ContinuousClock.now
    var outcome = Planting.Outcome.inapplicable("")
    for draw in 1...planting.mutation.draws {
      outcome = try await outcomeOf(planting, "\(number)-\(draw)", pool)
      // Of what another program does nobody but the check can say whether it made a difference.
      if case .caught = outcome { break }
      if case .missed = outcome, !planting.mutation.isWhole { break }
    }
    return Planting.Result(
      planting: planting, outcome: outcome, milliseconds: Int(started.duration(to: .now) / .milliseconds(1)))
  }

  private func outcomeOf(_ planting: Planting, _ id: String, _ pool: SessionPool) async throws -> Planting.Outcome {
    let recorded = planting.cell.recording.flatMap { plan.recordings[$0] }
    let topology = ExpectedTopology(
      plan.contract,
      appName: recorded?.appName ?? planting.cell.scenario.appName("self-test-\(environment.runID)-\(id)"),
      planting.cell.scenario)
    let plot = Plot(topology)
    let broker = recorded == nil ? environment.broker(of: planting.cell.scenario) : environment.broker
    let address = recorded == nil ? broker.address : environment.replayAddress
    let inspector = BrokerInspector(
      address, isTidy: recorded != nil || !environment.broker.isPrivate,
      noting: environment.broker.declarations, Logger(label: "syrpc.interop"))
    let replaced: [Role: PeerSession]
    do throws(Trio.RoleFailure) { replaced = try await self.replaced(planting, id) } catch {
      return judge.outcome(of: planting, plan.evidence(of: planting.cell, error, environment, 0))
    }
    var trio = Trio(planting.cell, from: pool, replacing: replaced)
    var outcome: Result<Planting.Outcome, any Error>
    do {
      outcome = .success(try await plant(planting, plot, recorded, &trio, inspector, pool))
    } catch { outcome = .failure(error) }
    await trio.release()
    await inspector.close()
    return try outcome.get()
  }

  /// A session with a defective adapter, if that is the mutation.
  private func replaced(_ planting: Planting, _ id: String) async throws(Trio.RoleFailure) -> [Role: PeerSession] {
    let defective: PeerCommand
    switch planting.mutation.defect {
    case .adapter(let defect):
      guard let command = environment.commands[planting.peer] else { return [:] }
      defective = command.with(defect, executable: executable)
    case .whole:
      guard let command = environment.commands[planting.peer] else { return [:] }
      defective = command.with([Mutation.defectVariable: planting.mutation.label])
    case .wire, .record, .replay: return [:]
    }
    let role = planting.mutation.role
    let log = environment.logFolder / "\(planting.peer)-defective-\(id).log"
    // One that always says the same is not found out by that.
    let known = planting.mutation.check == "outcome.open" ? environment.identities[planting.peer] : nil
    do {
      return [
        role: try await PeerSession.start(
          peer: planting.peer, defective, log: log, in: environment.runFolder,
          as: known)
      ]
    } catch {
      let error = error as? PeerError ?? PeerError(.broken, "\(error)")
      throw Trio.RoleFailure(role: role, failure: StartFailure(error: error, log: log))
    }
  }

  private func plant(
    _ planting: Planting, _ plot: Plot, _ recorded: RecordedConversation?, _ trio: inout Trio,
    _ inspector: BrokerInspector, _ pool: SessionPool
  ) async throws -> Planting.Outcome {
    let cell = planting.cell
    let live = try await trio.sessions().mapError { InteropError("\(planting.name): \($0.failure.error)") }.get()
    var evidence: Evidence
    var isPlanted = true
    if let recorded {
      guard case .replay(let edit) = planting.mutation.defect else { throw InteropError("\(planting.name): no replay") }
      evidence = try await ReplayRun(
        cell: cell, recorded: recorded, topology: plot.topology, live: live,
        broker: environment.broker.at(environment.replayAddress), inspector: inspector, editor: edit(plot)
      ).evidence()
      isPlanted = plot.isPlanted
    } else {
      let payloads = cell.payloads(in: plan.corpus)
      guard let payloads, let sessions = PerRole(live) else {
        throw InteropError("\(planting.name): there is no payload \(cell.payload), or no peer for each role")
      }
      var run = CellRun(
        cell: cell, payloads: payloads, topology: plot.topology, sessions: sessions,
        broker: environment.broker(of: cell.scenario), inspector: inspector, pool: pool)
      run.timeout = Self.timeout
      if case .wire(let edit) = planting.mutation.defect { run.editors = edit(plot) }
      evidence = try await run.evidence()
      if case .wire = planting.mutation.defect { isPlanted = plot.isPlanted }
      if case .record(let change) = planting.mutation.defect { change(&evidence) }
    }
    guard isPlanted else { return .inapplicable("the peer sends, or gets, nothing of the kind") }
    return judge.outcome(of: planting, evidence)
  }
}

/// Lets one on at a time.
private actor Stage {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func alone<Value: Sendable>(_ act: @Sendable () async throws -> Value) async rethrows -> Value {
    if isTaken { await withCheckedContinuation { waiting.append($0) } }
    isTaken = true
    defer {
      if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
    return try await act()
  }
}
