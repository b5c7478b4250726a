internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// A report as test cases in suites, as CI systems know them: a suite for each combination, with a case for each cell; one
/// for the quality of each peer; and one for what is wrong with the run as such. All texts are for people, on one line.
struct ReportCases {
  let suites: [Suite]

  struct Suite {
    let name: String
    /// Who takes part, and in which versions.
    let properties: [(name: String, value: String)]
    var cases: [Case] = []
  }

  struct Case {
    /// What it belongs to, with dots: `python-swift-node.echo`.
    let group: String
    let name: String
    let seconds: Double
    let outcome: Outcome
  }

  enum Outcome {
    case passed
    /// Failed as a listed divergence says.
    case known(reason: String)
    /// Failed for another peer's doing.
    case affected(cause: String)
    case failed(check: String, message: String, details: [String])
    /// Nobody's failure: what kept a verdict from being reached.
    case undecided(message: String, details: [String])
  }

  init(_ report: Report) {
    let peers = Dictionary(report.peers.map { ($0.name, $0) }) { first, _ in first }
    var suites: [Suite] = []
    var places: [Combination: Int] = [:]
    let summary = RunSummary(report)
    for cell in report.cells {
      let place = places[cell.combination] ?? suites.count
      if place == suites.count {
        places[cell.combination] = place
        let properties = Role.allCases.map { role in
          (name: role.rawValue, value: Self.about(cell.combination[role], peers[cell.combination[role]]))
        }
        suites.append(Suite(name: cell.combination.name.visible, properties: properties))
      }
      suites[place].cases.append(
        Case(
          group: "\(cell.combination.name).\(cell.scenario)".visible, name: cell.payload.visible,
          seconds: Double(cell.milliseconds) / 1000, outcome: Self.outcome(cell, report, summary)))
    }
    suites += Self.quality(report)
    let troubles = summary.troubles.map { trouble in
      Case(group: "run", name: trouble.title, seconds: 0, outcome: .undecided(message: trouble.text, details: []))
    }
    if !troubles.isEmpty { suites.append(Suite(name: "run", properties: [], cases: troubles)) }
    self.suites = suites
  }

  /// `syrpc 1.0 on CPython 2.7.18`.
  private static func about(_ name: String, _ peer: Report.Peer?) -> String {
    guard let peer, let implementation = peer.implementation else {
      return "\(name), \(peer?.mode.rawValue ?? "unknown")".visible
    }
    return "\(name): \(implementation)\(peer.runtime.map { " on \($0)" } ?? "")".visible
  }

  private static func outcome(_ cell: Report.Cell, _ report: Report, _ summary: RunSummary) -> Outcome {
    switch cell.verdict {
    case .skipped:
      return .undecided(message: "not run: \((cell.reason ?? "there was nothing to judge").visible)", details: [])
    case .affected, .fail, .unexpectedPass:
      let details = summary.lines(cell)
      let cause = report.findings(of: cell).compactMap(\.because).first
      if cell.verdict == .affected, let cause { return .affected(cause: cause.description.visible) }
      guard !cell.isUnexplained else {
        return .undecided(message: "nobody's frames explain it: a problem of the harness", details: details)
      }
      let first = CellExplanation(cell, in: report).causes.first?.finding
      return .failed(
        check: first?.check.visible ?? "", message: first.map(message) ?? cell.verdict.rawValue, details: details)
    case .pass, .note, .known:
      guard cell.conformance == .known else { return .passed }
      let known = report.findings(of: cell).filter { $0.verdict == .known && $0.level == .required }
      return .known(
        reason: known.map { "\($0.check)\($0.who): \(report.reason(of: $0) ?? "")".visible }.joined(separator: "; "))
    }
  }

  /// Who is to blame, and for what.
  private static func message(_ finding: Report.Finding) -> String {
    let who = finding.blame?.description ?? finding.check
    let expected = finding.expected.map { "expected \($0), " } ?? ""
    return "\(who) (\(finding.level.rawValue)): \(expected)observed \(finding.observed)".visible
  }

  /// The recommended checks of each peer.
  private static func quality(_ report: Report) -> [Suite] {
    var reasons: [[String]: [String]] = [:]
    for finding in report.findings where finding.verdict == .known {
      guard let peer = finding.peer, let reason = report.reason(of: finding) else { continue }
      reasons[[peer, finding.check], default: []].append(reason)
    }
    let table = QualityTable(report)
    return table.peers.map { peer in
      Suite(
        name: "quality: \(peer)".visible, properties: [],
        cases: table.checks.compactMap { check in
          guard let row = table[check, peer] else { return nil }
          let held = "held \(row.held) of \(row.judged)"
          let outcome: Outcome =
            row.failed > 0
            ? .failed(
              check: check.visible, message: "\(peer), \(check): \(held), \(row.failed) not as expected".visible,
              details: [])
            : row.known > 0
              ? .known(reason: "\(held): \((reasons[[peer, check]] ?? []).uniqued().joined(separator: "; "))".visible)
              : .passed
          return Case(group: "quality.\(peer)".visible, name: check.visible, seconds: 0, outcome: outcome)
        })
    }
  }
}
