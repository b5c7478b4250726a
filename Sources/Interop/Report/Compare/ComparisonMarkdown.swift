internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// A comparison in Markdown, for a pull request: what got worse comes first.
package struct ComparisonMarkdown {
  private let comparison: ReportComparison

  package init(_ comparison: ReportComparison) { self.comparison = comparison }

  /// Less than 64 KiB: each part has its share, and what does not fit is counted.
  package var text: String {
    let parts = [
      "## \(comparison.isWorse ? "❌" : "✅") SyRPC interoperability since the earlier run: \(comparison.headline)\n",
      runs.part("Runs", share: 4 << 10), failing.part("Newly failing", share: 20 << 10),
      problems.part("New problems of the run", share: 5 << 10), cells.part("Cells of one run only", share: 3 << 10),
      messages.part("Changed bytes of messages, with the result id masked", share: 9 << 10),
      notes.part("New notes", share: 5 << 10), facts.part("Changed versions", share: 5 << 10),
      passing.part("Newly passing", share: 6 << 10, isFolded: true),
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var runs: MarkdownTable {
    MarkdownTable(
      head: ["run", "cells", "result", "begun"],
      [("before", comparison.old), ("now", comparison.new)].map { name, report in
        let part = report.shard.map { ", \(MarkdownText.plain($0.name))" } ?? ""
        return [
          name, "\(report.cells.count)\(part)", RunSummary(report).headline,
          MarkdownText.code(report.run.started, limit: 40),
        ]
      })
  }

  private var failing: MarkdownTable {
    MarkdownTable(
      head: ["cells", "what", "expected", "observed", "repeat"],
      comparison.newlyFailing.map { group in
        let found = group.finding?.excerpts(width: Self.width)
        let example = group.cells[0]
        return [
          "\(group.cells.count)", MarkdownText.code(group.cause), MarkdownText.code(found?.expected ?? ""),
          MarkdownText.code(found?.observed ?? example.reason ?? ""),
          MarkdownText.code(example.repeatCommand, limit: 400),
        ]
      })
  }

  private var problems: MarkdownTable {
    MarkdownTable(comparison.newTroubles.map { ["**\($0.title)**:", MarkdownText.code($0.text, limit: 400)] })
  }

  private var cells: MarkdownTable {
    func row(_ title: String, _ cells: [Report.Cell]) -> [[String]] {
      guard let first = cells.first else { return [] }
      return [[title, "\(cells.count)", "\(cells.unexpected)", MarkdownText.code(first.name)]]
    }
    let unselected = comparison.unselected
    return MarkdownTable(
      head: ["", "cells", "not as expected", "first"],
      row("lost", comparison.lostCells) + row("new", comparison.newCells)
        + (unselected > 0 ? [["not selected", "\(unselected)", "", ""]] : []))
  }

  private var messages: MarkdownTable {
    MarkdownTable(
      blocks: comparison.messages.map { change in
        "\(MarkdownText.code(change.title)): \(MarkdownText.code(change.place))\n\n"
          + MarkdownText.block(change.excerpts(width: Self.width)) + "\n"
      })
  }

  private var notes: MarkdownTable {
    MarkdownTable(
      head: ["cells", "what", "observed"],
      comparison.newNotes.map { note in
        ["\(note.cells)", MarkdownText.code(note.blame.description), MarkdownText.code(note.observed)]
      })
  }

  private var facts: MarkdownTable {
    MarkdownTable(
      head: ["what", "before", "now"],
      comparison.facts.map { change in
        [change.title, change.old ?? "not there", change.new ?? "not there"].map { MarkdownText.code($0) }
      })
  }

  private var passing: MarkdownTable {
    MarkdownTable(
      head: ["cells", "what", "first"],
      comparison.newlyPassing.map { group in
        ["\(group.cells.count)", MarkdownText.code(group.cause), MarkdownText.code(group.cells[0].name)]
      })
  }

  /// How much of a message or a value is shown, around the place where it differs.
  private static let width = 100
}
