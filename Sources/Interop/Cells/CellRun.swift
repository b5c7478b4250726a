internal import SyRPCWire
internal import WireTap

/// Makes one cell's exchange, each role through a tap of its own, and gathers the evidence.
struct CellRun {
  let cell: Cell
  let payload: Payload
  let topology: ExpectedTopology
  let sessions: PerRole<PeerSession>
  let broker: BrokerEndpoint
  let inspector: BrokerInspector
  /// What is changed on the way, by role: nothing, unless defects are planted.
  var editors: [Role: EditorMaker] = [:]
  /// What happens to the roles' connections.
  var faults: [Role: TapFaults] = [:]
  /// How long a server and a getter wait, if no faults slow them down.
  var timeout = Self.timeout
  private let getting = MethodWatch()

  /// How long they do unless told otherwise. A result lives ten seconds by default, so nothing comes later than that.
  static let timeout = Duration.seconds(10)
  /// How long a getter waits for a result that is there already, and that it may be unable to take; and how long it is
  /// waited for then. One that gives the result back and waits anew, again and again, would take 14 seconds.
  static let shortTimeout = Duration.seconds(1)
  static let shortGrace = Duration.milliseconds(500)

  /// Runs the cell.
  ///
  /// - Throws: ``InteropError`` if the taps cannot be used: that is the harness's failure, not a peer's.
  func evidence() async throws -> Evidence {
    let taps = try await sessions.concurrentMap { [broker, getting, editors, faults] role, session in
      await Result {
        try await broker.tap(
          role, session.peer, onFrame: role == .getter ? getting.note : nil, editor: editors[role], faults: faults[role]
        )
      }
    }.map { try $0.get() }
    var roles = sessions.map { RoleEvidence(peer: $0.peer, identity: $0.identity) }
    var reader = TextReader()
    await exchange(&roles, through: taps, &reader)
    // Each tap closes what its peer left open.
    let transcripts = await taps.concurrentMap { _, tap in await tap.stop() }
    for role in Role.allCases {
      roles[role].conversations = transcripts[role].map { Conversation($0, &reader) }
    }
    let call = Evidence.Call(text: payload.text, value: payload.value)
    var evidence = Evidence(
      cell: cell, topology: topology, calls: Array(repeating: call, count: cell.scenario.calls), roles: roles)
    await evidence.look(with: inspector)
    return evidence
  }

  private func exchange(
    _ roles: inout PerRole<RoleEvidence>, through taps: PerRole<Tap>, _ reader: inout TextReader
  ) async {
    // The server first: all three declare the request queue.
    let server = await open(.server, taps)
    async let putter = open(.putter, taps)
    async let getter = open(.getter, taps)
    let opened = PerRole(putter: await putter, server: server, getter: await getter)
    for role in Role.allCases { roles[role].outcomes.append(opened[role].outcome) }
    if Role.allCases.allSatisfy({ opened[$0].value != nil }) { await call(&roles, &reader) }

    let closed = await sessions.concurrentMap { _, session in await Attempt("close") { try await session.close() } }
    for role in Role.allCases where opened[role].value != nil { roles[role].outcomes.append(closed[role].outcome) }
  }

  private func open(_ role: Role, _ taps: PerRole<Tap>) async -> Attempt<Void> {
    await Attempt("open") { try await sessions[role].open(role, parameters(taps[role])) }
  }

  private func call(_ roles: inout PerRole<RoleEvidence>, _ reader: inout TextReader) async {
    // One request at a time: some servers lose the second of two.
    for number in 1...cell.scenario.calls {
      let put = await Attempt("put_request") {
        try await sessions.putter.putRequest(type: cell.scenario.requestType, payload: payload.text)
      }
      roles.putter.outcomes.append(put.outcome)
      // A server that is not asked does not wait in vain.
      guard let resultID = put.value else { return }
      roles.putter.resultIDs.append(resultID)
      if number < cell.scenario.calls { roles.server.note(await serve(), &reader) }
    }

    // The last result is asked for first, while it is still on its way. Earlier ones are there already, so that the
    // getter is sure to meet a foreign one.
    roles.getter.askedFor = roles.putter.resultIDs.reversed()
    if cell.scenario.calls == 1, payload.isPortable {
      // The getter is there first.
      async let got = get(roles.getter.askedFor)
      _ = await getting.wait { $0.name == "basic.consume-ok" }
      roles.server.note(await serve(), &reader)
      roles.getter.note(await got, &reader)
    } else {
      // A payload that some cannot carry is asked for when it is there: nobody waits in vain.
      let served = await serve()
      roles.server.note(served, &reader)
      guard served.value != nil else { return }
      let ids = roles.getter.askedFor
      let got =
        payload.isPortable
        ? await get(ids)
        : await sessions.getter.results(ids, timeout: Self.shortTimeout + slowdown, grace: Self.shortGrace + slowdown)
      roles.getter.note(got, &reader)
    }
  }

  private func get(_ resultIDs: [String]) async -> [(resultID: String, attempt: Attempt<String>)] {
    let results = await sessions.getter.results(resultIDs, timeout: timeout + slowdown)
    getting.end()
    return results
  }

  private func serve() async -> Attempt<[PeerSession.SeenRequest]> {
    await Attempt("serve") { try await sessions.server.serve(count: 1, timeout: timeout + slowdown) }
  }

  private var slowdown: Duration { faults.slowdown(payload: payload.text) }

  private func parameters(_ tap: Tap) -> OpenParameters {
    OpenParameters(tap, broker.address, appName: topology.appName, scenario: cell.scenario)
  }
}
