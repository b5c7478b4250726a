internal import InteropModel
internal import InteropReport

extension RunReport.Peer {
  init(
    _ manifest: PeerManifest, _ mode: Mode, identity: PeerIdentity? = nil, reason: String?,
    reference: LocalReference? = nil, failure: PeerError? = nil
  ) {
    self.init(
      name: manifest.name, about: manifest.about, mode: mode, identity: identity, reason: reason,
      reference: reference, failure: failure)
  }
}
