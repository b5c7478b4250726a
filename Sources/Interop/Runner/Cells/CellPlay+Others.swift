internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// What does not come, and what comes of others than the peers.
extension CellPlay {
  mutating func getInVain(_ call: Int, _ timeout: Duration) async -> Bool {
    let id = roles.putter.resultIDs[call]
    let attempt = await Attempt<Void>("wait") { [run] in
      try await Self.inVain(timeout + run.slowdown) { _ = try await run.sessions.getter.getResult(id, timeout: $0) }
    }
    roles.getter.outcomes.append(attempt.outcome)
    return attempt.value != nil
  }

  mutating func serveElsewhere() async -> Bool {
    let attempt = await Attempt<Void>("wait") { [run, taps] in
      let session = run.sessions.server
      // Another application's frames are not judged.
      let tap = try await run.broker.tap(.server, session.peer)
      var parameters = OpenParameters(
        taps.server, run.broker.address, appName: "\(run.topology.appName)2", scenario: run.cell.scenario)
      parameters.port = tap.port
      do {
        try await session.open(.server, parameters)
        try await Self.inVain(.seconds(1) + run.slowdown) { _ = try await session.serve(count: 1, timeout: $0) }
        try await session.close()
      } catch {
        _ = await tap.stop()
        throw error
      }
      _ = await tap.stop()
    }
    roles.server.outcomes.append(attempt.outcome)
    return attempt.value != nil
  }

  /// - Throws: ``PeerError`` if anything comes, or if the peer says anything but that its time is over, or says so early.
  private static func inVain(_ timeout: Duration, _ wait: (Duration) async throws -> Void) async throws {
    do { try await inFullTime(timeout, wait) } catch let error as PeerError where error.kind == .timeout { return }
    throw PeerError(.failed, "something came, though nothing should have")
  }

  mutating func publishMalformed(_ kind: GoldenMessages.Kind) async -> Bool {
    await noting { [run] in try await run.inspector.publishMalformed(kind, of: run.topology) }
  }

  mutating func look(_ role: Role) async -> Bool {
    // A getter gives back what waits: the first result.
    let call = PerRole(putter: put - 1, server: served - 1, getter: 0)[role]
    let topology = run.claims[role] ?? run.topology
    let queue =
      role == .putter
      ? topology.requestQueue : topology.resultQueue(at: topology.resultQueueIndex(for: roles.putter.resultIDs[call]))
    var isKept = false
    let hasLooked = await noting { [run] in isKept = try await run.inspector.holdsMessages(queue) }
    if hasLooked {
      roles[role].isKept = isKept
      if !isKept { lost.insert(call) }
    }
    return hasLooked
  }

  /// Notes what keeps the harness from doing its part.
  mutating func noting(_ act: () async throws -> Void) async -> Bool {
    do {
      try await act()
      return true
    } catch {
      brokerProblem = "\(error)"
      return false
    }
  }
}
