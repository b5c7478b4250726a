internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// A comparison for people: what differs, in so few lines that a screen holds them; or all of it.
package struct ComparisonText {
  private let comparison: ReportComparison
  /// Whether nothing is left out.
  private let isFull: Bool

  package init(_ comparison: ReportComparison, isFull: Bool = false) {
    self.comparison = comparison
    self.isFull = isFull
  }

  private static let width = 80
  /// How many of a kind are shown.
  private static let most = 3

  package var lines: [String] {
    let lines =
      head + failing + section("new problems of the run", comparison.newTroubles.map { ["\($0.title): \($0.text)"] })
      + section("newly passing", groups(comparison.newlyPassing)) + cells + notes + messages + facts
      + [comparison.headline]
    return isFull ? lines : lines.map { $0.cut(to: Self.width) }
  }

  private func section(_ title: String, _ entries: [[String]]) -> [String] {
    guard !entries.isEmpty else { return [] }
    let shown = isFull ? entries[...] : entries.prefix(Self.most)
    let rest = entries.count - shown.count
    return ["\(title):"] + shown.joined().map { "  \($0)" } + (rest > 0 ? ["  … and \(rest) more: --all"] : [])
  }

  private var head: [String] {
    let reports = [("before", comparison.old), ("now", comparison.new)]
    return reports.map { name, report in
      let part = report.shard.map { ", \($0.name)" } ?? ""
      let what = [
        report.cells.count.counted("cell") + part, RunSummary(report).headline, "begun \(report.run.started)",
      ]
      return "\(name.padded(to: 7)) \(what.joined(separator: ", ").visible)"
    }
  }

  private var failing: [String] {
    section(
      "newly failing",
      comparison.newlyFailing.map { group in
        groups([group])[0] + (group.finding.map(found) ?? [])
      })
  }

  /// What a check expected and observed, from shortly before the two differ.
  private func found(_ finding: Report.Finding) -> [String] {
    let (expected, observed) =
      isFull ? (finding.expected?.visible, finding.observed.visible) : finding.excerpts(width: Self.width - 16)
    return [expected.map { "    expected: \($0)" }, "    observed: \(observed)"].compactMap(\.self)
  }

  private func groups(_ groups: [ReportComparison.CauseGroup]) -> [[String]] {
    groups.map { group in
      guard !isFull else { return ["\(group.cells.count.counted("cell")): \(group.cause)"] + names(group.cells) }
      return [
        "\(group.cells.count.counted("cell")): \(group.cause)",
        "    \(group.cells.count == 1 ? "" : "first: ")\(group.cells[0].name.visible)",
      ]
    }
  }

  private func names(_ cells: [Report.Cell]) -> [String] { cells.map { "    \($0.name.visible)" } }

  private var cells: [String] {
    func entry(_ title: String, _ cells: [Report.Cell]) -> [String] {
      guard !cells.isEmpty else { return [] }
      let bad = cells.unexpected
      let note = bad > 0 ? ", \(bad) of them not as expected" : ""
      return ["\(title): \(cells.count.counted("cell"))\(note), \(cells[0].name.visible) first"]
        + (isFull ? names(cells) : [])
    }
    let unselected = comparison.unselected
    return entry("new", comparison.newCells) + entry("lost", comparison.lostCells)
      + (unselected > 0 ? ["not selected: \(unselected.counted("cell"))"] : [])
  }

  private var notes: [String] {
    section(
      "new notes",
      comparison.newNotes.map { ["\($0.cells.counted("cell")): \($0.blame.description): \($0.observed)".visible] })
  }

  private var messages: [String] {
    section(
      "changed bytes, with the result id masked",
      comparison.messages.map { change in
        [change.title] + ([change.place] + change.excerpts(width: Self.width - 6)).map { "    \($0)" }
      })
  }

  private var facts: [String] {
    section(
      "other versions",
      comparison.facts.map { ["\($0.title): \($0.old ?? "not there") became \($0.new ?? "not there")"] })
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
