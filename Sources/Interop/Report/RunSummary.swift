package import InteropJudge
internal import InteropModel

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

  /// How many cells came to each verdict by their required checks, and how many recommended checks held.
  package var totals: String {
    let conformance = [(false, "live"), (true, "replayed")].compactMap { replayed, word -> String? in
      let counts = report.totals(replayed: replayed).filter { $0.count > 0 }
      guard !counts.isEmpty else { return nil }
      let words = counts.map { "\($0.count) \($0.verdict.rawValue)" }.joined(separator: ", ")
      return "conformance: \(counts.map(\.count).reduce(0, +)) cells \(word): \(words)"
    }
    return (conformance + [QualityTable(report.cells).summary.map { "quality: \($0)" }].compactMap(\.self))
      .joined(separator: "\n")
  }

  /// A cell that is not as expected: what was found, and how to repeat it.
  package static func lines(_ result: CellResult) -> [String] {
    var lines = ["\(result.verdict.rawValue.uppercased())  \(result.cell.name)"]
    let unexpected = result.findings.filter(\.verdict.isUnexpected)
    for finding in unexpected where finding.isToBeShown(in: result) {
      lines.append("      \(finding.check) (\(finding.level.rawValue))\(finding.who)")
      if let expected = finding.expected { lines.append("        expected: \(expected)") }
      lines.append("        observed: \(finding.observed)")
      let following = unexpected.filter { $0.cause != nil && $0.cause == finding.blame && $0.verdict == .fail }
      if !following.isEmpty { lines.append("        so also: \(following.map(\.check).joined(separator: ", "))") }
    }
    for finding in unexpected where finding.verdict == .affected {
      lines.append(
        "      affected: \(finding.check)\(finding.who)\(finding.cause.map { ", because of \($0.peer): \($0.check)" } ?? "")"
      )
    }
    if result.isUnexplained { lines.append("      nobody's frames explain it: a problem of the harness") }
    if let folder = result.folder { lines.append("      kept in \(folder)") }
    if let unkept = result.unkept { lines.append("      not kept: \(unkept)") }
    if let context = result.context { lines.append("      \(context.line)") }
    if !result.repeatCommand.isEmpty { lines.append("      repeat: \(result.repeatCommand)") }
    return lines
  }
}

extension Finding {
  /// `, node as server`; nothing for what is nobody's in particular.
  fileprivate var who: String {
    let who = [peer, role.map { "as \($0.rawValue)" }].compactMap(\.self).joined(separator: " ")
    return who.isEmpty ? "" : ", \(who)"
  }

  /// What it follows from; nil if it is a cause, or unexplained.
  fileprivate var cause: Blame? {
    switch explanation {
    case .follows(let cause), .affected(let cause): cause
    case .itself, .nobody: nil
    }
  }

  /// Whether it is a cause, or has none among what is shown: that of a check that was not selected is not.
  fileprivate func isToBeShown(in result: CellResult) -> Bool {
    guard verdict != .affected, let cause else { return verdict != .affected }
    return !result.findings.contains { $0.blame == cause }
  }
}
