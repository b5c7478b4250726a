package import InteropJudge
internal import InteropSupport
package import SyRPCWire
internal import TextTable

/// How well the peers do what a good implementation does: of the recommended checks, how many held.
package struct QualityTable: Sendable {
  /// One check of one peer, whatever its role.
  package struct Row: Hashable, Sendable {
    package let peer: String
    package let check: String
    package var held = 0
    package var known = 0
    /// Failed, and not as a listed divergence says.
    package var failed = 0

    package var judged: Int { held + known + failed }
  }

  package let rows: [Row]

  package init(_ results: [CellResult]) {
    var rows: [String: [String: Row]] = [:]
    var checks: [String] = []
    for finding in results.flatMap(\.findings) where finding.level == .recommended && finding.verdict != .skipped {
      guard let peer = finding.peer else { continue }
      if rows[finding.check] == nil { checks.append(finding.check) }
      var row = rows[finding.check]?[peer] ?? Row(peer: peer, check: finding.check)
      switch finding.verdict {
      case .pass, .unexpectedPass: row.held += 1
      case .known: row.known += 1
      case .fail, .affected, .note, .skipped: row.failed += 1
      }
      rows[finding.check, default: [:]][peer] = row
    }
    self.rows = checks.flatMap { check in (rows[check] ?? [:]).values.sorted { $0.peer < $1.peer } }
  }

  /// `20310 of 24000 recommended checks held, 3690 known`; nil if none was judged.
  package var summary: String? {
    let judged = rows.map(\.judged).reduce(0, +)
    guard judged > 0 else { return nil }
    let (known, failed) = (rows.map(\.known).reduce(0, +), rows.map(\.failed).reduce(0, +))
    return "\(rows.map(\.held).reduce(0, +)) of \(judged) recommended checks held"
      + (known > 0 ? ", \(known) known" : "") + (failed > 0 ? ", \(failed) NOT" : "")
  }

  /// The table: a line a check, a column a peer. `80` held always, `0 of 80` as is known, `78 of 80 FAIL` not as expected.
  package var text: String {
    let peers = rows.map(\.peer).uniqued().sorted()
    let table = TextTable<String> { check in
      [Column(title: "quality", value: check)]
        + peers.map { peer in
          Column(title: peer, value: rows.first { $0.peer == peer && $0.check == check }?.shown ?? "-")
        }
    }
    return table.string(for: rows.map(\.check).uniqued()) ?? ""
  }
}

extension QualityTable.Row {
  fileprivate var shown: String {
    if held == judged { return "\(held)" }
    return "\(held) of \(judged)\(failed > 0 ? " FAIL" : "")"
  }

  package var json: JSON {
    [
      "peer": .string(peer), "check": .string(check), "held": .integer(Int64(held)), "known": .integer(Int64(known)),
      "failed": .integer(Int64(failed)),
    ]
  }
}
