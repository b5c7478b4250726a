import InteropJudge
import InteropModel
import InteropReport
import InteropSupport
import Rainbow
import SyRPCWire

/// A report on the terminal.
struct TerminalReport {
  let report: Report

  init(_ report: Report) { self.report = report }

  /// What a run came to: the matrix, quality, what is known, notes, and who is to blame.
  func show() {
    for line in lines(MatrixTable(report).text) { print(coloured(line)) }
    let quality = QualityTable(report)
    if !quality.rows.isEmpty {
      print("")
      for line in lines(quality.text) { print(line.contains("FAIL") ? line.red : line) }
    }
    let summary = RunSummary(report)
    list("Known divergences seen:", summary.divergenceLines)
    list("Notes (informational checks that saw a difference):", NoteList(report).lines)
    list("Not as expected, and who is to blame:".red, BlameList(report).lines)
    list(
      "Problems of the run:".red,
      summary.troubles.filter { $0.title != RunSummary.endedEarlyTitle }.map { "\($0.title): \($0.text)" })
    if let reason = report.endedEarly?.split(separator: "\n").first {
      let all = report.run.cells.map { " of \($0)" } ?? ""
      printWrapped("\nOnly \(report.cells.count)\(all) cells were run: \(String(reason).visible)".red)
    }
    guard !report.cells.isEmpty else { return }
    print("")
    for line in summary.totals { print(line) }
  }

  private func list(_ title: String, _ lines: [String]) {
    guard !lines.isEmpty else { return }
    print("\n\(title)")
    for line in lines { printWrapped("  \(line)") }
  }

  private func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// A line of the matrix: red if anything in it is not as expected; else what passed green, what is known yellow.
  private func coloured(_ line: String) -> String {
    guard !["FAIL", "AFFECTED", "UNEXPECTED"].contains(where: line.contains) else { return line.red }
    return line.replacing(/\d+ pass/) { String($0.output).green }.replacing(/\d+ known/) { String($0.output).yellow }
  }
}
