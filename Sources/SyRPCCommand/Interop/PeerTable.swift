import InteropModel
import InteropReport
import SyRPCWire

/// The peers as a table.
enum PeerTable {
  static func text(_ peers: [Report.Peer]) -> String {
    FittedTable.text(
      ["peer", "mode", "implementation", "runtime", "note"],
      peers.map { peer in
        [
          peer.name.visible, peer.mode.rawValue, peer.implementation?.visible ?? "-", peer.runtime?.visible ?? "-",
          note(peer).visible,
        ]
      })
  }

  private static func note(_ peer: Report.Peer) -> String {
    let reason = peer.reason?.split(separator: "\n").last.map(String.init)
    return [reason, peer.checkout.map { "local checkout \($0.shown)" }].compactMap(\.self).joined(separator: "; ")
  }
}
