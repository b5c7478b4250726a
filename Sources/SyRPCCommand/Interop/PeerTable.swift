import InteropModel
import InteropReport
import TextTable

/// The peers as a table.
enum PeerTable {
  static func text(_ peers: [RunReport.Peer]) -> String {
    let table = TextTable<RunReport.Peer> { peer in
      [
        Column(title: "peer", value: peer.name), Column(title: "mode", value: peer.mode.rawValue),
        Column(title: "implementation", value: peer.identity?.implementation ?? "-"),
        Column(title: "runtime", value: peer.identity?.runtime ?? "-"),
        Column(title: "note", value: note(peer)),
      ]
    }
    return table.string(for: peers) ?? ""
  }

  private static func note(_ peer: RunReport.Peer) -> String {
    let reason = peer.reason?.split(separator: "\n").last.map(String.init)
    return [reason, peer.reference.map { "local checkout \($0.shown)" }].compactMap(\.self).joined(separator: "; ")
  }
}
