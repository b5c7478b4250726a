internal import AMQP
package import InteropModel
internal import SyRPCWire
package import WireTap

/// Makes the exchange of a cell in which one side of a live peer is recorded, with another peer on the other side. What a
/// recording plays in a cell (``ReplayRun``), the peer itself plays here.
package struct RecordingRun {
  let script: RecordingScript
  let side: RecordedConversation.Side
  let cell: Cell
  let topology: ExpectedTopology
  /// The peer's; it puts requests and gets results, or it serves.
  let recorded: PeerSession
  /// Of the roles on the other side.
  let partners: [Role: PeerSession]
  let broker: BrokerEndpoint
  let inspector: BrokerInspector

  package init(
    script: RecordingScript, side: RecordedConversation.Side, cell: Cell, topology: ExpectedTopology,
    recorded: PeerSession, partners: [Role: PeerSession], broker: BrokerEndpoint, inspector: BrokerInspector
  ) {
    self.script = script
    self.side = side
    self.cell = cell
    self.topology = topology
    self.recorded = recorded
    self.partners = partners
    self.broker = broker
    self.inspector = inspector
  }

  private static let timeout = Duration.seconds(10)

  /// Runs the cell.
  ///
  /// - Returns: what was seen, and the peer's connections as they were recorded.
  /// - Throws: ``InteropError`` or `TapError` if the taps cannot be used.
  package func evidence() async throws -> (evidence: Evidence, transcripts: [Transcript]) {
    let quiet = QuietWatch()
    let own = side.roles[0]
    let tap = try await broker.tap(
      own, recorded.peer, onFrame: quiet.note, editor: side == .client ? FixedIDs().editor : nil)
    var taps: [Role: Tap] = [own: tap]
    for (role, session) in partners { taps[role] = try await broker.tap(role, session.peer) }
    var sessions = partners
    sessions[own] = recorded
    var play = Play(run: self, sessions: sessions, taps: taps, quiet: quiet)
    for (role, session) in sessions { play.roles[role] = await RoleEvidence(session) }
    await play.perform(opening: side == .client ? [.server, .putter] : [.server, .putter, .getter])

    var roles = play.roles
    if side == .client {
      // Its one connection does the work of both roles.
      roles.getter.outcomes.append(contentsOf: roles.putter.outcomes.filter { $0.operation == "open" })
    }
    let transcripts = await tap.stop()
    let conversations = transcripts.map { Conversation($0, &play.reader) }
    for role in side.roles { roles[role].conversations = conversations }
    for role in partners.keys {
      roles[role].conversations = await taps[role]?.stop().map { Conversation($0, &play.reader) } ?? []
    }
    let calls = try script.calls.map { Evidence.Call(text: $0, value: try JSON(exactly: $0.utf8)) }
    var evidence = Evidence(
      cell: cell, topology: topology, virtualHost: broker.address.virtualHost, calls: calls, roles: roles)
    await evidence.look(with: inspector)
    return (evidence, transcripts)
  }

  /// The calls, while they are made.
  private struct Play {
    let run: RecordingRun
    /// The recorded client is the putter's.
    let sessions: [Role: PeerSession]
    let taps: [Role: Tap]
    let quiet: QuietWatch
    var roles: PerRole<RoleEvidence>
    var reader = TextReader()

    init(run: RecordingRun, sessions: [Role: PeerSession], taps: [Role: Tap], quiet: QuietWatch) {
      self.run = run
      self.sessions = sessions
      self.taps = taps
      self.quiet = quiet
      roles = run.cell.combination.map { [recorded = run.recorded] in
        RoleEvidence(peer: $0, identity: recorded.identity)
      }
    }

    private var getter: PeerSession? { sessions[.getter] ?? sessions[.putter] }

    mutating func perform(opening order: [Role]) async {
      // One after the other: two that declare a queue at once can make RabbitMQ refuse one of them.
      for role in order { if await !open(role) { return await close(order) } }
      let batches = run.script.isAtOnce ? [Array(run.script.calls.indices)] : run.script.calls.indices.map { [$0] }
      for batch in batches {
        for call in batch { await put(call) }
        guard !roles.putter.hasFailed else { break }
        await serve(batch.count)
        guard !roles.server.hasFailed else { break }
        // The last first, so that the getter meets a foreign one where several share a queue.
        await get(batch.reversed().map { RecordedIDs.id($0 + 1) })
        guard !roles.getter.hasFailed else { break }
      }
      await close(order)
    }

    private mutating func open(_ role: Role) async -> Bool {
      guard let session = sessions[role], let tap = taps[role] else { return false }
      let parameters = OpenParameters(
        tap, run.broker.address, appName: run.topology.appName, scenario: run.cell.scenario)
      let opened = await Attempt("open") { try await session.open(role, parameters) }
      roles[role].outcomes.append(opened.outcome)
      await quiet.wait()
      return opened.value != nil
    }

    private mutating func put(_ call: Int) async {
      guard let session = sessions[.putter] else { return }
      let id = RecordedIDs.id(call + 1)
      let put = await Attempt("put_request") {
        // The recorded one's id is fixed on its way.
        try await session.putRequest(
          type: RecordingScript.requestType, payload: run.script.calls[call], resultID: run.side == .client ? nil : id)
      }
      roles.putter.outcomes.append(put.outcome)
      if put.value != nil { roles.putter.resultIDs.append(id) }
      await quiet.wait()
    }

    private mutating func serve(_ count: Int) async {
      guard let session = sessions[.server] else { return }
      let served = await Attempt("serve") { try await session.serve(count: count, timeout: RecordingRun.timeout) }
      roles.server.note(served, of: count, &reader)
      await quiet.wait()
    }

    private mutating func get(_ ids: [String]) async {
      guard let getter else { return }
      roles.getter.askedFor += ids
      for id in ids {
        roles.getter.note(await getter.results([id], timeout: RecordingRun.timeout), &reader)
        await quiet.wait()
      }
    }

    private mutating func close(_ order: [Role]) async {
      for role in order.reversed() {
        guard let session = sessions[role], roles[role].outcomes.contains(where: { $0.operation == "open" }) else {
          continue
        }
        roles[role].outcomes.append(await Attempt("close") { try await session.close() }.outcome)
      }
    }
  }
}
