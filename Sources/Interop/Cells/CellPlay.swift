internal import SyRPCWire
internal import WireTap

/// A cell under way: how far its scenario has come, and what has been seen.
struct CellPlay {
  var run: CellRun
  private let taps: PerRole<Tap>
  private let getting: MethodWatch
  var roles: PerRole<RoleEvidence>
  var reader = TextReader()
  private var rest: ArraySlice<Step>
  private var opened: Set<Role> = []
  /// The calls that were put, those of them that were served, and those that are known to be lost.
  private var put = 0
  private var served = 0
  private var lost: Set<Int> = []
  /// What kept the harness from doing its part.
  private var brokerProblem: String?

  /// A cell that has its taps, and has not begun.
  ///
  /// - Throws: ``InteropError`` if the taps cannot be used.
  init(_ run: CellRun) async throws {
    self.run = run
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
    roles = run.sessions.map { RoleEvidence(peer: $0.peer, identity: $0.identity) }
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

  /// What was seen. Each tap closes what its peer left open.
  mutating func evidence() async -> Evidence {
    let transcripts = await taps.concurrentMap { _, tap in await tap.stop() }
    for role in Role.allCases {
      roles[role].conversations = transcripts[role].map { Conversation($0, &reader) }
    }
    let calls = run.payloads.map { Evidence.Call(text: $0.text, value: $0.value) }
    var evidence = Evidence(cell: run.cell, topology: run.topology, calls: calls, roles: roles)
    evidence.brokerProblem = brokerProblem
    await evidence.look(with: run.inspector)
    return evidence
  }

  /// - Returns: whether the scenario can go on.
  private mutating func succeeds(_ step: Step) async -> Bool {
    switch step {
    case .open(let roles): await open(roles)
    case .close(let role): await close([role])
    case .put(let count): await put(count)
    case .serve(let count): await serve(count)
    case .exchange: await exchange()
    case .get(let calls): await get(calls)
    case .getAtOnce(let calls): await getAtOnce(calls)
    case .getAsPutter(let call): await getAsPutter(call)
    case .getInVain(let call): await getInVain(call)
    case .serveElsewhere: await serveElsewhere()
    case .publishMalformed(let kind): await publishMalformed(kind)
    case .look(let role): await look(role)
    case .pass(let milliseconds): (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil
    case .restartBroker: true
    }
  }
}

// MARK: Connections

extension CellPlay {
  private func parameters(_ role: Role) -> OpenParameters {
    OpenParameters(taps[role], run.broker.address, appName: run.topology.appName, scenario: run.cell.scenario)
  }

  private mutating func open(_ these: [Role]) async -> Bool {
    let attempts = await concurrently(these) { role, session, parameters in
      await Attempt("open") { try await session.open(role, parameters) }
    }
    for (role, attempt) in attempts {
      roles[role].outcomes.append(attempt.outcome)
      if attempt.value != nil { opened.insert(role) }
    }
    return attempts.allSatisfy { $0.1.value != nil }
  }

  private mutating func close(_ these: [Role]) async -> Bool {
    let attempts = await concurrently(these.filter(opened.contains)) { _, session, _ in
      await Attempt("close") { try await session.close() }
    }
    for (role, attempt) in attempts { roles[role].outcomes.append(attempt.outcome) }
    opened.subtract(these)
    return attempts.allSatisfy { $0.1.value != nil }
  }

  private func concurrently(
    _ roles: [Role], _ act: @escaping @Sendable (Role, PeerSession, OpenParameters) async -> Attempt<Void>
  ) async -> [(Role, Attempt<Void>)] {
    await withTaskGroup(of: (Role, Attempt<Void>).self) { tasks in
      for role in roles {
        tasks.addTask { [session = run.sessions[role], parameters = parameters(role)] in
          (role, await act(role, session, parameters))
        }
      }
      return await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
    }
  }
}

// MARK: Calls

extension CellPlay {
  private mutating func put(_ count: Int) async -> Bool {
    for _ in 0..<count {
      let attempt = await Attempt("put_request") { [run, put] in
        try await run.sessions.putter.putRequest(
          type: run.cell.scenario.requestType, payload: run.payloads[min(put, run.payloads.count - 1)].text)
      }
      roles.putter.outcomes.append(attempt.outcome)
      // A server that is not asked does not wait in vain.
      guard let resultID = attempt.value else { return false }
      roles.putter.resultIDs.append(resultID)
      put += 1
    }
    return true
  }

  private mutating func serve(_ count: Int) async -> Bool {
    let count = min(count, (served..<put).count { !lost.contains($0) })
    guard count > 0 else { return true }
    var attempt = await Self.serve(run, count)
    if run.cell.scenario.publishesMalformed, attempt.outcome.error?.kind == .failed {
      // A server may say what it cannot read, and is asked for the next then.
      attempt = await Self.serve(run, count)
    }
    roles.server.note(attempt, of: count, &reader)
    served += count
    return attempt.value != nil
  }

  private static func serve(_ run: CellRun, _ count: Int = 1) async -> Attempt<[PeerSession.SeenRequest]> {
    await Attempt("serve") { try await run.sessions.server.serve(count: count, timeout: run.fullTimeout) }
  }

  private mutating func exchange() async -> Bool {
    guard run.payloads[0].isPortable else { return await exchangeWhatMayNotPass() }
    let ids = ids([put - 1])
    roles.getter.askedFor += ids
    // The getter is there first.
    async let got = Self.get(run, ids, then: getting)
    _ = await getting.wait { $0.name == "basic.consume-ok" }
    let attempt = await Self.serve(run)
    roles.server.note(attempt, &reader)
    served += 1
    let results = await got
    roles.getter.note(results, &reader)
    return attempt.value != nil && results.allSatisfy { $0.attempt.value != nil }
  }

  /// How long a getter waits for a result that is there already, and that it may be unable to take; and how long it is
  /// waited for then. One that gives the result back and waits anew, again and again, would take 14 seconds.
  private static let shortTimeout = Duration.seconds(1)
  private static let shortGrace = Duration.milliseconds(500)

  private mutating func exchangeWhatMayNotPass() async -> Bool {
    guard await serve(1) else { return false }
    let ids = ids([put - 1])
    roles.getter.askedFor += ids
    let results = await run.sessions.getter.results(
      ids, timeout: Self.shortTimeout + run.slowdown, grace: Self.shortGrace + run.slowdown)
    roles.getter.note(results, &reader)
    return results.allSatisfy { $0.attempt.value != nil }
  }

  private func ids(_ calls: [Int]) -> [String] {
    calls.filter { !lost.contains($0) }.map { roles.putter.resultIDs[$0] }
  }

  private mutating func get(_ calls: [Int]) async -> Bool {
    let ids = ids(calls)
    roles.getter.askedFor += ids
    let results = await run.sessions.getter.results(ids, timeout: run.fullTimeout)
    roles.getter.note(results, &reader)
    return true
  }

  private static func get(
    _ run: CellRun, _ ids: [String], then watch: MethodWatch
  ) async -> [(resultID: String, attempt: Attempt<String>)] {
    let results = await run.sessions.getter.results(ids, timeout: run.fullTimeout)
    watch.end()
    return results
  }

  private mutating func getAsPutter(_ call: Int) async -> Bool {
    let ids = ids([call])
    roles.putter.askedFor += ids
    let results = await run.sessions.putter.results(ids, timeout: run.fullTimeout)
    roles.putter.note(results, &reader)
    return results.allSatisfy { $0.attempt.value != nil }
  }

  /// Each of a session of its own, since a session does one thing at a time.
  private mutating func getAtOnce(_ calls: [Int]) async -> Bool {
    guard let pool = run.pool else { return false }
    let ids = ids(calls)
    roles.getter.askedFor += ids
    let results = await withTaskGroup(of: [(resultID: String, attempt: Attempt<String>)].self) { tasks in
      for id in ids {
        tasks.addTask {
          [peer = run.sessions.getter.peer, parameters = parameters(.getter), timeout = run.fullTimeout] in
          guard let session = try? await pool.take(peer) else {
            return [(id, await Attempt("get_result") { throw PeerError(.broken, "\(peer) did not start") })]
          }
          let opened = await Attempt("open") { try await session.open(.getter, parameters) }
          let results =
            opened.value == nil
            ? [(id, await Attempt("get_result") { throw opened.outcome.error ?? PeerError(.failed, "") })]
            : await session.results([id], timeout: timeout)
          try? await session.close()
          await pool.give(session)
          return results
        }
      }
      return await tasks.reduce(into: []) { $0 += $1 }
    }
    roles.getter.note(results, &reader)
    return true
  }
}

// MARK: What does not come, and what comes of others

extension CellPlay {
  /// How long somebody waits for what does not come.
  private static let vainTimeout = Duration.seconds(1)

  private mutating func getInVain(_ call: Int) async -> Bool {
    let id = roles.putter.resultIDs[call]
    let attempt = await Attempt<Void>("wait") { [run] in
      try await Self.inVain(run.slowdown) { _ = try await run.sessions.getter.getResult(id, timeout: $0) }
    }
    roles.getter.outcomes.append(attempt.outcome)
    return attempt.value != nil
  }

  private mutating func serveElsewhere() async -> Bool {
    let attempt = await Attempt<Void>("wait") { [run, taps] in
      let session = run.sessions.server
      // Another application's frames are not judged.
      let tap = try await run.broker.tap(.server, session.peer)
      var parameters = OpenParameters(
        taps.server, run.broker.address, appName: "\(run.topology.appName)2", scenario: run.cell.scenario)
      parameters.port = tap.port
      do {
        try await session.open(.server, parameters)
        try await Self.inVain(run.slowdown) { _ = try await session.serve(count: 1, timeout: $0) }
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
  private static func inVain(_ slowdown: Duration, _ wait: (Duration) async throws -> Void) async throws {
    let timeout = vainTimeout + slowdown
    let started = ContinuousClock.now
    do { try await wait(timeout) } catch let error as PeerError where error.kind == .timeout {
      let waited = started.duration(to: .now)
      // Timers may be a little early.
      guard waited < timeout * 0.9 else { return }
      throw PeerError(.failed, "told to wait for \(timeout), it gave up after \(waited)")
    }
    throw PeerError(.failed, "something came, though nothing should have")
  }

  private mutating func publishMalformed(_ kind: GoldenMessages.Kind) async -> Bool {
    await noting { [run] in try await run.inspector.publishMalformed(kind, of: run.topology) }
  }

  private mutating func look(_ role: Role) async -> Bool {
    let call = role == .putter ? put - 1 : served - 1
    let queue =
      role == .putter
      ? run.topology.requestQueue
      : run.topology.resultQueue(at: run.topology.resultQueueIndex(for: roles.putter.resultIDs[call]))
    var isKept = false
    let hasLooked = await noting { [run] in isKept = try await run.inspector.holdsMessages(queue) }
    if hasLooked {
      roles[role].isKept = isKept
      if !isKept { lost.insert(call) }
    }
    return hasLooked
  }

  /// Notes what keeps the harness from doing its part.
  private mutating func noting(_ act: () async throws -> Void) async -> Bool {
    do {
      try await act()
      return true
    } catch {
      brokerProblem = "\(error)"
      return false
    }
  }
}
