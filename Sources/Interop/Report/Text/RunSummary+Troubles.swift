internal import InteropJudge
internal import InteropSupport
internal import SyRPCWire

extension RunSummary {
  /// What is wrong with a run as such, and nobody's failure.
  package struct Trouble: Sendable, Hashable {
    /// Of what kind it is.
    package let title: String
    /// For people, on one line.
    package let text: String
  }

  package static let endedEarlyTitle = "ended early"
  /// Of the cells that were not run.
  static let skippedTitle = "skipped"

  package var troubles: [Trouble] {
    var troubles: [Trouble] = []
    func add(_ title: String, _ text: String) { troubles.append(Trouble(title: title, text: text.visible)) }
    if let reason = report.endedEarly { add(Self.endedEarlyTitle, reason) }
    if report.cells.isEmpty { add("nothing was run", "the run has no cell") }
    for problem in report.divergenceProblems { add("list of divergences", problem) }
    for sentence in report.unjudged { add("no longer judged", sentence) }
    let skipped = Dictionary(
      grouping: report.cells.filter { $0.verdict == .skipped }, by: { $0.reason ?? "no check had anything to judge" })
    for (reason, cells) in skipped.sorted(by: { $0.key < $1.key }) {
      add(Self.skippedTitle, "\(cells.count.counted("cell")), \(cells[0].name) first: \(reason)")
    }
    for unkept in report.cells.compactMap(\.unkept).uniqued() { add("evidence not kept", unkept) }
    for left in report.run.leftOnBroker { add("left on the broker", left) }
    return troubles
  }

  /// Whether the run was as expected, in words.
  package var headline: String { report.isAsExpected ? "all as expected" : "not as expected" }
}
