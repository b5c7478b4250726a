package import InteropJudge
package import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import TextTable

/// The matrix: a line a combination, and a line a scenario. What counts are the required checks.
package struct MatrixTable: Sendable {
  /// Scenarios that share a column.
  package enum Group: String, CaseIterable, Sendable {
    case echo = "echo"
    case others = "other scenarios"
    case recordings = "recordings"

    package init(_ cell: Report.Cell) {
      self = cell.isReplayed ? .recordings : cell.scenario == Scenario.echo.name ? .echo : .others
    }
  }

  /// How many cells came to each verdict.
  package struct Counts: Sendable, Hashable {
    package private(set) var verdicts: [Verdict: Int] = [:]

    mutating func add(_ verdict: Verdict) { verdicts[verdict, default: 0] += 1 }

    /// The worst first.
    package var sorted: [(verdict: Verdict, count: Int)] {
      Verdict.allCases.reversed().compactMap { verdict in verdicts[verdict].map { (verdict, $0) } }
    }

    /// `1 FAIL, 61 pass` - the worst first, and what is not as expected in capitals.
    package var shown: String {
      verdicts.isEmpty
        ? "-"
        : sorted.map {
          "\($0.count) \($0.verdict.isUnexpected ? $0.verdict.rawValue.uppercased() : $0.verdict.rawValue)"
        }
        .joined(separator: ", ")
    }
  }

  package struct Row: Sendable {
    package let combination: Combination
    /// Who plays what, with a mark where a recording plays.
    package let peers: PerRole<String>
    package var counts: [Group: Counts] = [:]
  }

  package private(set) var rows: [Row] = []
  package private(set) var scenarios: [(scenario: Report.Scenario, counts: Counts)] = []
  /// The columns that have anything.
  package var groups: [Group] { Group.allCases.filter { group in rows.contains { $0.counts[group] != nil } } }

  package init(_ report: Report) {
    var places: [Combination: Int] = [:]
    var counts: [String: Counts] = [:]
    for cell in report.cells {
      let place = places[cell.combination] ?? rows.count
      if place == rows.count {
        places[cell.combination] = place
        rows.append(Row(combination: cell.combination, peers: Self.peers(cell)))
      }
      rows[place].counts[Group(cell), default: Counts()].add(cell.conformance)
      counts[cell.scenario, default: Counts()].add(cell.conformance)
    }
    scenarios = report.scenarios.map { ($0, counts[$0.name] ?? Counts()) }
  }

  private static func peers(_ cell: Report.Cell) -> PerRole<String> {
    guard cell.isReplayed else { return cell.combination }
    return cell.combination.map { $0 == RecordedConversation.partner ? $0 : "\($0) (replay)" }
  }

  /// The tables as text, without colour.
  package var text: String {
    let groups = groups
    let matrix = TextTable<Row> { row in
      [
        Column(title: "putter", value: row.peers.putter.visible),
        Column(title: "server", value: row.peers.server.visible),
        Column(title: "getter", value: row.peers.getter.visible),
      ] + groups.map { Column(title: $0.rawValue, value: row.counts[$0]?.shown ?? "-") }
    }
    let scenarios = FittedTable.text(
      ["scenario", "cells", ""],
      self.scenarios.map { [$0.scenario.name.visible, $0.counts.shown, $0.scenario.about.visible] })
    return (matrix.string(for: rows) ?? "") + "\n\n" + scenarios
  }
}
