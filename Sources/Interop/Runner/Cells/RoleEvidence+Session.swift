internal import InteropModel

extension RoleEvidence {
  /// Of a process that begins a cell.
  init(_ session: PeerSession) async {
    self.init(peer: session.peer, identity: session.identity)
    age = await session.beginCell()
  }
}
