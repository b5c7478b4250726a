/// What a run came to, in lines for people.
package struct RunSummary {
  package let report: RunReport

  package init(_ report: RunReport) { self.report = report }

  /// The known divergences that were seen, each with its count and reason.
  package var divergences: [String] {
    var counts: [Divergence: Int] = [:]
    var order: [Divergence] = []
    for finding in report.cells.flatMap(\.findings) where finding.verdict == .known {
      guard let divergence = finding.divergence else { continue }
      if counts[divergence] == nil { order.append(divergence) }
      counts[divergence, default: 0] += 1
    }
    return order.map { "\(counts[$0] ?? 0)× \($0.summary): \($0.reason)" }
  }

  /// How many cells came to each verdict.
  package var totals: String {
    [(false, "live"), (true, "replayed")].compactMap { replayed, word -> String? in
      let counts = report.totals(replayed: replayed).filter { $0.count > 0 }
      guard !counts.isEmpty else { return nil }
      let words = counts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
      return "\(counts.map(\.count).reduce(0, +)) cells \(word): \(words)"
    }.joined(separator: "\n")
  }

  /// A cell that is not as expected: what was found, and how to repeat it.
  package static func lines(_ result: CellResult) -> [String] {
    var lines = ["\(result.verdict.rawValue.uppercased())  \(result.cell.name)"]
    for finding in result.findings where finding.verdict.isUnexpected {
      let who = [finding.peer, finding.role.map { "as \($0.rawValue)" }].compactMap(\.self).joined(separator: " ")
      lines.append("      \(finding.check) (\(finding.level.rawValue))\(who.isEmpty ? "" : ", \(who)")")
      if let expected = finding.expected { lines.append("        expected: \(expected)") }
      lines.append("        observed: \(finding.observed)")
    }
    if let folder = result.folder { lines.append("      kept in \(folder)") }
    if let unkept = result.unkept { lines.append("      not kept: \(unkept)") }
    if let context = result.context { lines.append("      \(context.line)") }
    lines.append("      repeat: \(result.repeatCommand)")
    return lines
  }
}
