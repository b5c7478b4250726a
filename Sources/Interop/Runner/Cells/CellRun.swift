package import InteropModel
internal import SyRPCWire
package import WireTap

/// Makes one cell's exchange, each role through a tap of its own, and gathers the evidence.
package struct CellRun {
  let cell: Cell
  /// What each call carries.
  let payloads: [Payload]
  let topology: ExpectedTopology
  /// The same of the roles whose peers claim to keep to another contract.
  var claims: [Role: ExpectedTopology] = [:]
  var sessions: PerRole<PeerSession>
  let broker: BrokerEndpoint
  let inspector: BrokerInspector
  /// More getters, where several wait at a time.
  var pool: SessionPool?
  /// What is changed on the way, by role: nothing, unless defects are planted.
  package var editors: [Role: EditorMaker] = [:]
  /// What happens to the roles' connections.
  var faults: [Role: TapFaults] = [:]
  /// Whether it is listed that the getter fails.
  var getterIsToFail = false
  /// How long a server and a getter wait, if no faults slow them down.
  package var timeout = Self.timeout

  /// How long they do unless told otherwise. A result lives ten seconds by default, so nothing comes later than that.
  static let timeout = Duration.seconds(10)

  package init(
    cell: Cell, payloads: [Payload], topology: ExpectedTopology, sessions: PerRole<PeerSession>, broker: BrokerEndpoint,
    inspector: BrokerInspector, pool: SessionPool? = nil,
    faults: [Role: TapFaults] = [:]
  ) {
    self.cell = cell
    self.payloads = payloads
    self.topology = topology
    self.sessions = sessions
    self.broker = broker
    self.inspector = inspector
    self.pool = pool
    self.faults = faults
  }

  /// How long they do with what slows them down.
  var fullTimeout: Duration { timeout + slowdown }
  /// How much longer something takes with the faults than without.
  var slowdown: Duration { faults.slowdown(payload: payloads[0].text) }

  /// Runs the cell.
  ///
  /// - Throws: ``InteropError`` if the taps cannot be used: that is the harness's failure, not a peer's.
  package func evidence() async throws -> Evidence {
    var play = try await CellPlay(self)
    await play.perform()
    return await play.evidence()
  }
}
