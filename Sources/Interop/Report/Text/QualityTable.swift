internal import InteropJudge
internal import InteropSupport
internal import SyRPCWire
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

  package init(_ report: Report) {
    rows = report.checks.filter { $0.level == .recommended }.flatMap { check in
      Dictionary(grouping: check.counts.filter { $0.peer != nil }, by: { $0.peer ?? "" })
        .sorted { $0.key < $1.key }.map { peer, counts in
          func sum(_ verdicts: Verdict...) -> Int { counts.map { count in verdicts.map { count[$0] }.sum }.sum }
          return Row(
            peer: peer, check: check.check, held: sum(.pass, .unexpectedPass), known: sum(.known),
            failed: sum(.fail, .affected, .note))
        }.filter { $0.judged > 0 }
    }
  }

  /// `20310 of 24000 recommended checks held, 3690 known`; nil if none was judged.
  package var summary: String? {
    let judged = rows.map(\.judged).sum
    guard judged > 0 else { return nil }
    let (known, failed) = (rows.map(\.known).sum, rows.map(\.failed).sum)
    return "\(rows.map(\.held).sum) of \(judged) recommended checks held"
      + (known > 0 ? ", \(known) known" : "") + (failed > 0 ? ", \(failed) NOT" : "")
  }

  /// The peers, as columns.
  package var peers: [String] { rows.map(\.peer).uniqued().sorted() }
  /// The checks, as rows.
  package var checks: [String] { rows.map(\.check).uniqued() }

  package subscript(check: String, peer: String) -> Row? { rows.first { $0.peer == peer && $0.check == check } }

  /// The table: a line a check, a column a peer. `80` held always, `0 of 80` as is known, `78 of 80 FAIL` not as expected.
  package var text: String {
    let table = TextTable<String> { check in
      [Column(title: "quality", value: check.visible)]
        + peers.map { Column(title: $0.visible, value: self[check, $0]?.shown ?? "-") }
    }
    return table.string(for: checks) ?? ""
  }
}

extension QualityTable.Row {
  /// `80`, `0 of 80`, `78 of 80 FAIL`.
  package var shown: String {
    if held == judged { return "\(held)" }
    return "\(held) of \(judged)\(failed > 0 ? " FAIL" : "")"
  }
}

extension [Int] {
  fileprivate var sum: Int { reduce(0, +) }
}
