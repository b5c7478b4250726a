import Interop
import TextTable

/// The peers as a table.
enum PeerTable {
  static func text(_ peers: [RunReport.Peer]) -> String {
    let table = TextTable<RunReport.Peer> { peer in
      [
        Column(title: "peer", value: peer.name), Column(title: "mode", value: peer.mode.rawValue),
        Column(title: "implementation", value: peer.identity?.implementation ?? "-"),
        Column(title: "runtime", value: peer.identity?.runtime ?? "-"),
        Column(title: "note", value: peer.reason?.split(separator: "\n").last.map(String.init) ?? ""),
      ]
    }
    return table.string(for: peers) ?? ""
  }
}
