import InteropModel
import InteropReport
import InteropSupport
import SyRPCWire
import TextTable

/// The peers as a table.
enum PeerTable {
  private static let titles = ["peer", "mode", "implementation", "runtime", "note"]
  private static let width = 80
  /// How narrow the last column may get.
  private static let leastNote = 24

  static func text(_ peers: [Report.Peer]) -> String {
    let rows = peers.map { peer in
      [
        peer.name.visible, peer.mode.rawValue, peer.implementation?.visible ?? "-", peer.runtime?.visible ?? "-",
        note(peer).visible,
      ]
    }
    // The last column gets what the others leave of a terminal's width, with a blank behind each.
    let others = titles.indices.dropLast().map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
    let room = max(leastNote, width - others.map { $0 + 1 }.reduce(0, +))
    let table = TextTable<[String]> { row in zip(titles, row).map { Column(title: $0, value: $1) } }
    let text = table.string(for: rows.flatMap { row in lines(of: row, room: room) }) ?? ""
    // The table fills its last column with blanks.
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// A row, and others below it for what of its last column does not fit.
  private static func lines(of row: [String], room: Int) -> [[String]] {
    (row.last ?? "").wrapped(to: room).enumerated().map { number, part in
      (number == 0 ? row.dropLast() : row.dropLast().map { _ in "" }) + [part]
    }
  }

  private static func note(_ peer: Report.Peer) -> String {
    let reason = peer.reason?.split(separator: "\n").last.map(String.init)
    return [reason, peer.checkout.map { "local checkout \($0.shown)" }].compactMap(\.self).joined(separator: "; ")
  }
}
