internal import AMQP
internal import Foundation
package import InteropModel
internal import SyRPCWire
package import WireTap

/// Makes the exchange of a cell in which a recording plays one peer, with the live implementation on the other side.
package struct ReplayRun {
  let cell: Cell
  let recorded: RecordedConversation
  let topology: ExpectedTopology
  /// Sessions of the live roles.
  let live: [Role: PeerSession]
  let broker: BrokerEndpoint
  let inspector: BrokerInspector
  /// What is changed on the way of the recording's frames: nothing, unless defects are planted.
  var editor: EditorMaker?
  /// What happens to the roles' connections.
  var faults: [Role: TapFaults] = [:]

  package init(
    cell: Cell, recorded: RecordedConversation, topology: ExpectedTopology, live: [Role: PeerSession],
    broker: BrokerEndpoint, inspector: BrokerInspector, editor: EditorMaker? = nil, faults: [Role: TapFaults] = [:]
  ) {
    self.cell = cell
    self.recorded = recorded
    self.topology = topology
    self.live = live
    self.broker = broker
    self.inspector = inspector
    self.editor = editor
    self.faults = faults
  }

  /// Runs the cell.
  ///
  /// - Throws: ``InteropError`` if the recording or the taps cannot be used.
  package func evidence() async throws -> Evidence {
    let plan = ReplayPlan(recorded)
    let player = ReplayConnection(
      script: try ReplayScript(recorded), virtualHost: broker.address.virtualHost, user: broker.address.user,
      password: broker.address.password)
    let watch = MethodWatch()
    let tap = try await broker.tap(
      recorded.roles[0], recorded.peer, onFrame: watch.note, editor: editor,
      faults: faults[recorded.roles[0]])
    let liveTaps = try await liveTaps()
    var roles = cell.combination.map { RoleEvidence(peer: $0, identity: recorded.identity) }
    for (role, session) in live { roles[role] = await RoleEvidence(session) }
    var reader = TextReader()

    // Who is live opens before the recording plays, or when that consumes: two that declare a queue at once can make
    // RabbitMQ refuse one of them.
    let serverIsOpen = recorded.side == .client ? await open(.server, &roles, liveTaps) : false
    async let played = play(player, tap, watch)
    switch recorded.side {
    case .client where !serverIsOpen: break
    case .client: await serve(plan, &roles, &reader, watch)
    case .server: await call(plan, &roles, liveTaps, &reader, watch)
    }
    let mismatch = await played

    let conversations = await tap.stop().map { Conversation($0, &reader) }
    for role in recorded.roles {
      roles[role].conversations = conversations
      roles[role].replay = (recorded, mismatch)
    }
    for (role, tap) in liveTaps { roles[role].conversations = await tap.stop().map { Conversation($0, &reader) } }
    if recorded.side == .client {
      roles.putter.resultIDs = plan.requests.map(\.resultID)
      roles.getter.askedFor = plan.acknowledged
    }
    var evidence = Evidence(
      cell: cell, topology: topology, calls: plan.requests.map(\.call), roles: roles)
    await evidence.look(with: inspector)
    return evidence
  }

  private var timeout: Duration { CellRun.timeout + faults.slowdown(payload: "") }

  private func play(_ player: ReplayConnection, _ tap: Tap, _ watch: MethodWatch) async -> ReplayMismatch? {
    let mismatch = await player.play(host: tap.host, port: tap.port)
    watch.end()
    return mismatch
  }

  private func liveTaps() async throws -> [Role: Tap] {
    var taps: [Role: Tap] = [:]
    for (role, session) in live { taps[role] = try await broker.tap(role, session.peer, faults: faults[role]) }
    return taps
  }

  /// The live server answers what the recorded client got an answer to.
  private func serve(
    _ plan: ReplayPlan, _ roles: inout PerRole<RoleEvidence>, _ reader: inout TextReader, _ watch: MethodWatch
  ) async {
    guard let server = live[.server] else { return }
    var consumed: Set<String> = []
    for id in plan.answered {
      // The recorded client consumes first.
      let queue = topology.resultQueue(at: topology.resultQueueIndex(for: id))
      while !consumed.contains(queue) {
        let isThere = await watch.wait { method in
          guard method.name == "basic.consume", let name = method.fields["queue"]?.stringValue else { return false }
          consumed.insert(name)
          return true
        }
        if !isThere { break }
      }
      guard consumed.contains(queue) else { break }
      let served = await Attempt("serve") { try await server.serve(count: 1, timeout: timeout) }
      roles.server.note(served, &reader)
      if served.value == nil { break }
    }
    await close(.server, &roles)
  }

  /// The live client makes the calls that the recorded server was asked, and gets the results that it gave.
  private func call(
    _ plan: ReplayPlan, _ roles: inout PerRole<RoleEvidence>, _ taps: [Role: Tap], _ reader: inout TextReader,
    _ watch: MethodWatch
  ) async {
    _ = await watch.wait { $0.name == "basic.consume-ok" }
    let putterIsOpen = await open(.putter, &roles, taps)
    let getterIsOpen = await open(.getter, &roles, taps)
    guard putterIsOpen, getterIsOpen, let putter = live[.putter], let getter = live[.getter] else {
      // Whoever takes the session next finds it closed.
      if putterIsOpen { await close(.putter, &roles) }
      if getterIsOpen { await close(.getter, &roles) }
      return
    }
    for batch in plan.batches {
      for request in batch.requests {
        let put = await Attempt("put_request") {
          try await putter.putRequest(
            type: request.type, payload: request.call.text, resultID: request.resultID)
        }
        roles.putter.outcomes.append(put.outcome)
        if let id = put.value { roles.putter.resultIDs.append(id) }
      }
      // The recorded server puts its results first.
      for _ in batch.answered { _ = await watch.wait { $0.name == "basic.publish" } }
      // The last first, so that the getter meets a foreign one where several share a queue.
      let ids = Array(batch.answered.reversed())
      roles.getter.askedFor += ids
      roles.getter.note(await getter.results(ids, timeout: timeout), &reader)
      if roles.putter.hasFailed || roles.getter.hasFailed { break }
    }
    await close(.putter, &roles)
    await close(.getter, &roles)
  }

  private func open(_ role: Role, _ roles: inout PerRole<RoleEvidence>, _ taps: [Role: Tap]) async -> Bool {
    guard let session = live[role], let tap = taps[role] else { return false }
    let parameters = OpenParameters(tap, broker.address, appName: topology.appName, scenario: cell.scenario)
    let opened = await Attempt("open") { try await session.open(role, parameters) }
    roles[role].outcomes.append(opened.outcome)
    return opened.value != nil
  }

  private func close(_ role: Role, _ roles: inout PerRole<RoleEvidence>) async {
    guard let session = live[role] else { return }
    roles[role].toldToClose = .now
    roles[role].outcomes.append(await Attempt("close") { try await session.close() }.outcome)
  }
}
