internal import AMQP
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

  /// How long a server and a getter wait. A result lives ten seconds by default, so nothing comes later than that.
  static let timeout = Duration.seconds(10)

  /// Runs the cell.
  ///
  /// - Throws: ``InteropError`` if the payload or the taps cannot be used: that is the harness's failure, not a peer's.
  func evidence() async throws -> Evidence {
    let value: JSON
    do { value = try JSON(exactly: payload.text.utf8) } catch {
      throw InteropError("the payload \(payload.name) is not JSON: \(error)")
    }
    let taps = try await sessions.concurrentMap { [broker] role, session in
      await Result {
        try await Tap.start(
          brokerHost: broker.address.host, brokerPort: broker.address.port, role: role.rawValue, peer: session.peer)
      }
    }.map { try $0.get() }
    var roles = sessions.map { RoleEvidence(peer: $0.peer, identity: $0.identity) }
    await exchange(&roles, through: taps)
    // Each tap closes what its peer left open.
    let transcripts = await taps.concurrentMap { _, tap in await tap.stop() }
    for role in Role.allCases { roles[role].conversations = transcripts[role].map(Conversation.init) }

    var evidence = Evidence(cell: cell, payload: payload, topology: topology, value: value, roles: roles)
    do {
      evidence.leftovers = try await inspector.leftovers(of: topology, resultIDs: evidence.resultIDs)
    } catch {
      evidence.brokerProblem = "\(error)"
    }
    return evidence
  }

  private func exchange(_ roles: inout PerRole<RoleEvidence>, through taps: PerRole<Tap>) async {
    let opened = await sessions.concurrentMap { role, session in
      await Attempt("open") { try await session.open(role, parameters(taps[role])) }
    }
    for role in Role.allCases { roles[role].outcomes.append(opened[role].outcome) }
    if Role.allCases.allSatisfy({ opened[$0].value != nil }) { await call(&roles) }

    let closed = await sessions.concurrentMap { _, session in await Attempt("close") { try await session.close() } }
    for role in Role.allCases where opened[role].value != nil { roles[role].outcomes.append(closed[role].outcome) }
  }

  private func call(_ roles: inout PerRole<RoleEvidence>) async {
    for _ in 0..<cell.scenario.calls {
      let put = await Attempt("put_request") {
        try await sessions.putter.putRequest(type: cell.scenario.requestType, payload: payload.text)
      }
      roles.putter.outcomes.append(put.outcome)
      // A server that is not asked does not wait in vain.
      guard let resultID = put.value else { return }
      roles.putter.resultIDs.append(resultID)
    }

    let resultIDs = roles.putter.resultIDs
    if cell.scenario.calls == 1 {
      async let served = serve()
      async let got = get(resultIDs)
      note(await served, &roles)
      note(await got, &roles)
    } else {
      // All results are there before the first is asked for: so the getter is sure to meet a foreign one.
      note(await serve(), &roles)
      note(await get(resultIDs.reversed()), &roles)
    }
  }

  private func serve() async -> Attempt<[PeerSession.SeenRequest]> {
    await Attempt("serve") { try await sessions.server.serve(count: cell.scenario.calls, timeout: Self.timeout) }
  }

  private func get(_ resultIDs: [String]) async -> [(resultID: String, attempt: Attempt<String>)] {
    var results: [(resultID: String, attempt: Attempt<String>)] = []
    for id in resultIDs {
      results.append(
        (id, await Attempt("get_result") { try await sessions.getter.getResult(id, timeout: Self.timeout) }))
    }
    return results
  }

  private func note(_ served: Attempt<[PeerSession.SeenRequest]>, _ roles: inout PerRole<RoleEvidence>) {
    roles.server.outcomes.append(served.outcome)
    roles.server.seen = served.value ?? []
  }

  private func note(_ got: [(resultID: String, attempt: Attempt<String>)], _ roles: inout PerRole<RoleEvidence>) {
    for (id, attempt) in got {
      roles.getter.outcomes.append(attempt.outcome)
      if let payload = attempt.value { roles.getter.results.append((id, payload)) }
    }
  }

  private func parameters(_ tap: Tap) -> OpenParameters {
    OpenParameters(
      host: tap.host, port: tap.port, virtualHost: broker.address.virtualHost, user: broker.address.user,
      password: broker.address.password, appName: topology.appName, scenario: cell.scenario)
  }
}

/// What came of one operation.
private struct Attempt<Value: Sendable>: Sendable {
  let operation: String
  let result: Result<Value, PeerError>

  init(_ operation: String, _ body: () async throws -> Value) async {
    self.operation = operation
    do { result = .success(try await body()) } catch {
      result = .failure(error as? PeerError ?? PeerError(.broken, "\(error)"))
    }
  }

  var value: Value? { try? result.get() }
  var outcome: (operation: String, error: PeerError?) {
    if case .failure(let error) = result { (operation, error) } else { (operation, nil) }
  }
}
