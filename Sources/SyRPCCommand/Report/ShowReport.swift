import ArgumentParser
import Foundation
import InteropJudge
import InteropModel
import InteropReport
import InteropSupport
import Rainbow
import SyRPCWire

struct ShowReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "What a run came to, on the terminal; or what was found in some of its cells.",
    discussion: "With --cell: what was found in these cells, and what was kept of them: frames and logs.")

  @OptionGroup var report: ReportOptions
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Show these cells: putter-server-getter/scenario/payload, with * and ?. May be repeated.", valueName: "pattern"))
  var cell: [String] = []

  func run() throws {
    let path = try report.path()
    let report = try Report.read(path)
    guard !cell.isEmpty else {
      for fact in RunSummary(report).facts { printWrapped(fact) }
      print("\n\(PeerTable.text(report.peers))\n")
      TerminalReport(report).show()
      print(report.isAsExpected ? "all as expected".green : "NOT as expected".red)
      return
    }
    let patterns = cell.map(Glob.init)
    for pattern in patterns where !report.cells.contains(where: { pattern.matches($0.name) }) {
      throw InteropError("--cell \(pattern) matches no cell of \(path)")
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    for cell in report.cells where patterns.contains(where: { $0.matches(cell.name) }) {
      show(cell, of: report, folder)
    }
  }

  private func show(_ cell: Report.Cell, of report: Report, _ folder: String) {
    for (number, line) in RunSummary(report).lines(cell).enumerated() {
      if number == 0, cell.verdict.isUnexpected { print(line.red) } else { printWrapped(line) }
    }
    for finding in report.findings(of: cell) where !finding.verdict.isUnexpected {
      let reason = report.reason(of: finding).map { ": \($0)" } ?? ""
      printWrapped("      \(finding.verdict.rawValue): \(finding.check.visible)\(finding.who)\(reason.visible)")
    }
    print("      \(cell.passed.counted("check")) passed")
    guard let evidence = KeptCell(cell, beside: folder) else { return }
    for line in evidence.lines { printWrapped("      \(line)") }
  }
}
