package import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import TextTable

/// The matrix as two tables: a line a combination, and a line a scenario. What counts are the required checks.
package struct MatrixTable {
  /// Scenarios that share a column.
  private struct Group: Sendable {
    let title: String
    let includes: @Sendable (Cell) -> Bool

    static let all = [
      Group(title: "echo") { $0.scenario == .echo },
      Group(title: "other scenarios") { $0.scenario != .echo && $0.recording == nil },
      Group(title: "recordings") { $0.recording != nil },
    ]
  }

  private struct Row {
    /// Who plays what, with a mark where a recording plays.
    let peers: PerRole<String>
    let cells: [String]
  }

  /// The table as text, without colour.
  package static func text(_ results: [CellResult]) -> String {
    let groups = Group.all.filter { group in results.contains { group.includes($0.cell) } }
    let combinations = results.map(\.cell.combination).uniqued()
    let rows = combinations.map { combination in
      Row(
        peers: peers(results.first { $0.cell.combination == combination }?.cell, combination),
        cells: groups.map { group in
          summary(results.filter { $0.cell.combination == combination && group.includes($0.cell) })
        })
    }
    let table = TextTable<Row> { row in
      [
        Column(title: "putter", value: row.peers.putter), Column(title: "server", value: row.peers.server),
        Column(title: "getter", value: row.peers.getter),
      ] + zip(groups, row.cells).map { Column(title: $0.title, value: $1) }
    }
    return (table.string(for: rows) ?? "") + "\n\n" + scenarios(results)
  }

  private static func scenarios(_ results: [CellResult]) -> String {
    let table = TextTable<Scenario> { scenario in
      [
        Column(title: "scenario", value: scenario.name),
        Column(title: "cells", value: summary(results.filter { $0.cell.scenario == scenario })),
        Column(title: "", value: scenario.about),
      ]
    }
    return table.string(for: results.map(\.cell.scenario).uniqued()) ?? ""
  }

  private static func peers(_ cell: Cell?, _ combination: Combination) -> PerRole<String> {
    guard let cell, cell.recording != nil else { return combination }
    return combination.map { $0 == RecordedConversation.partner ? $0 : "\($0) (replay)" }
  }

  /// `61 pass, 5 known` - the worst first.
  private static func summary(_ results: [CellResult]) -> String {
    let counts = Verdict.allCases.reversed().compactMap { verdict -> String? in
      let count = results.count { $0.conformance == verdict }
      return count == 0 ? nil : "\(count) \(verdict.isUnexpected ? verdict.rawValue.uppercased() : verdict.rawValue)"
    }
    return counts.isEmpty ? "-" : counts.joined(separator: ", ")
  }
}
