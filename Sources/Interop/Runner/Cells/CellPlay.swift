internal import AMQP
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// A cell under way: how far its scenario has come, and what has been seen.
struct CellPlay {
  var run: CellRun
  let taps: PerRole<Tap>
  let getting: MethodWatch
  var roles: PerRole<RoleEvidence>
  var reader: TextReader
  private var rest: ArraySlice<Step>
  var opened: Set<Role> = []
  /// The calls that were put, those of them that were served, and those that are known to be lost.
  var put = 0
  var served = 0
  var lost: Set<Int> = []
  /// What kept the harness from doing its part.
  var brokerProblem: String?

  /// A cell that has its taps, and has not begun.
  ///
  /// - Throws: ``InteropError`` if the taps cannot be used.
  init(_ run: CellRun) async throws {
    let span = Timings.Span(.calls)
    defer { span.end() }
    self.run = run
    reader = TextReader(
      FieldNames([run.topology.contract] + Role.allCases.compactMap { run.claims[$0]?.contract }))
    let getting = MethodWatch()
    self.getting = getting
    taps = try await run.sessions.concurrentMap {
      [broker = run.broker, editors = run.editors, faults = run.faults] role, session in
      await Result {
        try await broker.tap(
          role, session.peer, onFrame: role == .getter ? getting.note : nil, editor: editors[role],
          faults: faults[role])
      }
    }.map { try $0.get() }
    roles = await run.sessions.concurrentMap { await RoleEvidence($1) }
    rest = run.cell.scenario.steps[...]
  }

  /// Whether the broker has to be restarted before it goes on.
  var waitsForRestart: Bool { rest.first == .restartBroker }

  /// Does what the scenario says, to its end, to a step that fails, or to where the broker has to be restarted.
  mutating func perform() async {
    while let step = rest.popFirst() {
      guard await succeeds(step) else {
        rest = []
        break
      }
      if waitsForRestart { return }
    }
    _ = await close(Role.allCases)
  }

  /// The broker has been restarted; others play the roles from now on.
  mutating func resume(with sessions: PerRole<PeerSession>) async {
    run.sessions = sessions
    if waitsForRestart { rest.removeFirst() }
    await perform()
  }

  /// One of those who were to play from now on did not start.
  mutating func note(_ failure: Trio.RoleFailure) {
    roles[failure.role].outcomes.append(("open", failure.failure.error))
  }

  /// What was seen. Each tap closes what its peer left open.
  mutating func evidence() async -> Evidence {
    let ending = Timings.Span(.calls)
    let transcripts = await taps.concurrentMap { _, tap in await tap.stop() }
    ending.end()
    let reading = Timings.Span(.judging)
    for role in Role.allCases {
      roles[role].conversations = transcripts[role].map { Conversation($0, &reader) }
    }
    let calls = run.payloads.map { Evidence.Call(text: $0.text, value: $0.value) }
    var evidence = Evidence(cell: run.cell, topology: run.topology, calls: calls, roles: roles)
    evidence.claims = run.claims
    evidence.virtualHost = run.broker.address.virtualHost
    evidence.brokerProblem = brokerProblem
    reading.end()
    let looking = Timings.Span(.broker)
    defer { looking.end() }
    await evidence.look(with: run.inspector)
    return evidence
  }

  /// - Returns: whether the scenario can go on.
  private mutating func succeeds(_ step: Step) async -> Bool {
    let span = Timings.Span(step.isForWaiting ? .waiting : .calls)
    defer { span.end() }
    return switch step {
    case .open(let roles): await open(roles)
    case .close(let role): await close([role])
    case .put(let count): await put(count)
    case .serve(let count): await serve(count)
    case .serveAtOnce(let count): await serveAtOnce(count)
    case .exchange: await exchange()
    case .get(let calls): await get(calls)
    case .getAtOnce(let calls): await getAtOnce(calls)
    case .getAsPutter(let call): await getAsPutter(call)
    case .getInVain(let call, let seconds): await getInVain(call, .seconds(seconds))
    case .serveElsewhere: await serveElsewhere()
    case .publishMalformed(let kind): await publishMalformed(kind)
    case .look(let role): await look(role)
    case .pass(let milliseconds): (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil
    case .restartBroker: true
    }
  }
}
