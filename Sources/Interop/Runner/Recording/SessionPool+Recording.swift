package import InteropModel
internal import InteropSupport
package import WireTap

extension SessionPool {
  /// Records one side of a peer in a scenario, with sessions of this pool.
  ///
  /// - Parameters:
  ///   - peer: whose connections are recorded.
  ///   - side: which side of the calls it is on.
  ///   - script: what it does.
  ///   - contract: what it is held to.
  ///   - environment: where it takes place.
  ///   - inspector: looks at what is left, and removes it.
  /// - Returns: what was seen, and the peer's connections.
  /// - Throws: ``InteropError`` if a peer does not start, or the taps cannot be used.
  package func recording(
    of peer: String, _ side: RecordedConversation.Side, _ script: RecordingScript, _ contract: Contract,
    _ environment: RunEnvironment, _ inspector: BrokerInspector
  ) async throws -> (evidence: Evidence, transcripts: [Transcript]) {
    let cell = Cell(
      combination: side.combination(of: peer), scenario: script.scenario, payload: RecordedConversation.payload)
    let recorded = try await started(peer, cell)
    var partners: [Role: PeerSession] = [:]
    for role in Role.allCases where !side.roles.contains(role) {
      partners[role] = try await started(cell.combination[role], cell)
    }
    let run = RecordingRun(
      script: script, side: side, cell: cell,
      topology: ExpectedTopology(contract, appName: script.appName(of: peer), cell.scenario), recorded: recorded,
      partners: partners, broker: environment.broker, inspector: inspector)
    let seen = try await run.evidence()
    for session in partners.values + [recorded] { await give(session) }
    return seen
  }

  private func started(_ peer: String, _ cell: Cell) async throws(InteropError) -> PeerSession {
    do { return try await take(peer) } catch {
      throw InteropError("nothing was written: \(cell.name): \(peer) did not start: \(error.error.message)")
    }
  }
}
