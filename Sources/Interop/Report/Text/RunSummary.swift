package import InteropJudge
package import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What a run came to, in lines for people.
package struct RunSummary {
  package let report: Report

  package init(_ report: Report) { self.report = report }

  /// The known divergences that were seen, each with its count and reason; those that were seen most first.
  package var divergences: [(count: Int, divergence: Report.ListedDivergence)] {
    var counts = Array(repeating: 0, count: report.divergences.count)
    for finding in report.cells.flatMap(report.findings) where finding.verdict == .known {
      if let place = finding.divergence { counts[place] += 1 }
    }
    return zip(counts, report.divergences).filter { $0.0 > 0 }.map { ($0, $1) }
  }

  /// The same as lines.
  package var divergenceLines: [String] {
    divergences.map { "\($0.count)× \($0.divergence.about.visible): \($0.divergence.reason.visible)" }
  }

  /// On which broker it ran, and when.
  package var facts: [String] {
    let run = report.run
    let broker = run.broker.map { "\($0.product) \($0.version)\($0.isPrivate ? ", private" : " at \($0.address)")" }
    let faults = run.faults.map { "faults on every connection: \($0)" }
    return [
      broker, "begun \(run.started), \(Int(run.seconds)) s, syrpc \(run.syrpc) on \(run.system)", faults,
    ].compactMap { $0?.visible }
  }

  /// How many cells came to each verdict by their required checks, and how many recommended checks held.
  package var totals: [String] {
    let conformance = [(false, "live"), (true, "replayed")].compactMap { replayed, word -> String? in
      let counts = report.totals(replayed: replayed).filter { $0.count > 0 }
      guard !counts.isEmpty else { return nil }
      let words = counts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
      return "conformance: \(counts.map(\.count).reduce(0, +).counted("cell")) \(word): \(words)"
    }
    let shard = report.shard.map { shard in
      "\(shard.name), of \(shard.cells.map { $0.counted("cell") } ?? "a run that was not begun") together"
    }
    return [shard].compactMap(\.self) + conformance
      + [QualityTable(report).summary.map { "quality: \($0)" }].compactMap(\.self)
  }

  /// A cell that has just been judged and is not as expected.
  package static func lines(_ result: CellResult) -> [String] {
    let report = Report(of: result)
    return report.cells.flatMap(RunSummary(report).lines)
  }

  /// A cell that is not as expected: what was found, and how to repeat it.
  package func lines(_ cell: Report.Cell) -> [String] {
    let found = CellExplanation(cell, in: report)
    var lines = ["\(cell.verdict.rawValue.uppercased())  \(cell.name.visible)"]
    if let reason = cell.reason { lines.append("      not run: \(reason.visible)") }
    for cause in found.causes {
      let finding = cause.finding
      lines.append("      \(finding.check.visible) (\(finding.level.rawValue))\(finding.who)")
      if let expected = finding.expected { lines.append("        expected: \(expected.visible)") }
      lines.append("        observed: \(finding.observed.visible)")
      if !cause.following.isEmpty {
        lines.append("        so also: \(cause.following.map(\.check.visible).joined(separator: ", "))")
      }
    }
    for finding in found.affected {
      let because = finding.because.map { ", because of \($0.peer.visible): \($0.check.visible)" } ?? ""
      lines.append("      affected: \(finding.check.visible)\(finding.who)\(because)")
    }
    if cell.isUnexplained { lines.append("      nobody's frames explain it: a problem of the harness") }
    if let folder = cell.folder { lines.append("      kept in \(folder.visible)") }
    if let unkept = cell.unkept { lines.append("      not kept: \(unkept.visible)") }
    if let context = cell.context { lines.append("      \(context.line.visible)") }
    if !cell.repeatCommand.isEmpty { lines.append("      repeat: \(cell.repeatCommand.visible)") }
    return lines
  }
}

/// What of a cell's findings is not as expected: causes, what follows from each, and who is affected.
package struct CellExplanation: Sendable {
  package struct Cause: Sendable {
    package let finding: Report.Finding
    /// What follows from it for the same role.
    package let following: [Report.Finding]
  }

  /// Causes, and what has none among what was found: that of a check that was not selected is not.
  package let causes: [Cause]
  package let affected: [Report.Finding]

  package init(_ cell: Report.Cell, in report: Report) {
    let found = report.findings(of: cell)
    let unexpected = found.filter(\.verdict.isUnexpected)
    let blamed = Set(found.compactMap(\.blame))
    affected = unexpected.filter { $0.verdict == .affected }
    causes = unexpected.filter { finding in
      finding.verdict != .affected && !(finding.because.map(blamed.contains) ?? false)
    }.map { cause in
      Cause(
        finding: cause,
        following: unexpected.filter { $0.because != nil && $0.because == cause.blame && $0.verdict == .fail })
    }
  }
}

extension Report.Finding {
  /// `, node as server`; nothing for what is nobody's in particular.
  package var who: String {
    let who = [peer?.visible, role.map { "as \($0.rawValue)" }].compactMap(\.self).joined(separator: " ")
    return who.isEmpty ? "" : ", \(who)"
  }
}

extension Report.Cell {
  /// What it was run among; nil if it was not run.
  package var context: CellContext? {
    guard let appName, let cellsBefore else { return nil }
    return CellContext(appName: appName, ages: cellsBefore)
  }
}
