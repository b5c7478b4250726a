internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// Puts a report together: from judged cells, or from parts of other reports.
struct ReportBuilder {
  private var checks: [String: Report.Check] = [:]
  private var divergences = Numbered<Report.ListedDivergence>()
  private var findings = Numbered<Report.Finding>()
  private var scenarios: [Report.Scenario] = []
  private var cells: [Report.Cell] = []
  private var messages = SeenMessages()

  /// What is there once, each with its place.
  private struct Numbered<Value: Hashable> {
    private(set) var all: [Value] = []
    private var places: [Value: Int] = [:]

    mutating func place(of value: Value) -> Int {
      if let place = places[value] { return place }
      places[value] = all.count
      all.append(value)
      return all.count - 1
    }
  }

  /// Adds a cell.
  mutating func add(_ result: CellResult) {
    add(Report.Scenario(name: result.cell.scenario.name, about: result.cell.scenario.about))
    for finding in result.findings { count(finding) }
    let listed = result.findings.filter { $0.verdict != .pass && $0.verdict != .skipped }
      .map { finding in
        let divergence = finding.listed.map { divergence in
          divergences.place(of: Report.ListedDivergence(about: divergence.summary, reason: divergence.reason))
        }
        return findings.place(of: Report.Finding(finding, divergence: divergence))
      }
    cells.append(Report.Cell(result, findings: listed))
    for (kind, body) in result.messages {
      let (putter, server) = (result.cell.combination.putter, result.cell.combination.server)
      messages.note(
        .always(body),
        of: Report.MessageKey(
          peer: kind == .request ? putter : server, kind: kind, payload: result.cell.payload,
          putter: kind == .request ? nil : putter))
    }
  }

  private mutating func add(_ scenario: Report.Scenario) {
    if !scenarios.contains(where: { $0.name == scenario.name }) { scenarios.append(scenario) }
  }

  private mutating func count(_ finding: Finding) {
    var count = Report.Check.Count(peer: finding.peer, role: finding.role)
    count.verdicts[finding.verdict] = 1
    add(
      Report.Check(
        check: finding.check, level: finding.level, meaning: Self.meanings[finding.check] ?? "", counts: [count]))
  }

  /// Adds a cell of another report.
  mutating func add(_ cell: Report.Cell, of report: Report) {
    if let scenario = report.scenarios.first(where: { $0.name == cell.scenario }) { add(scenario) }
    var cell = cell
    cell.findings = report.findings(of: cell).map { finding in
      var finding = finding
      finding.divergence = finding.divergence.map { divergences.place(of: report.divergences[$0]) }
      return findings.place(of: finding)
    }
    cells.append(cell)
  }

  /// Adds what a check came to.
  mutating func add(_ check: Report.Check) {
    guard var sum = checks[check.check] else { return checks[check.check] = check }
    for count in check.counts {
      if let place = sum.counts.firstIndex(where: { $0.peer == count.peer && $0.role == count.role }) {
        sum.counts[place].verdicts.merge(count.verdicts, uniquingKeysWith: +)
      } else {
        sum.counts.append(count)
      }
    }
    checks[check.check] = sum
  }

  mutating func add(_ message: Report.Message) { messages.note(message) }

  private static let meanings = Dictionary(Judge.allRules.map { ($0.id, $0.meaning) }) { first, _ in first }

  /// The report.
  ///
  /// - Parameters:
  ///   - run: what is known of the run.
  ///   - peers: who took part.
  ///   - problems: what is wrong with the list of divergences.
  ///   - unjudged: what was judged in the runs on record, and is no longer.
  ///   - endedEarly: why not all cells were run.
  ///   - shard: which part of a run it is.
  /// - Returns: it, the checks in the order of a call.
  func report(
    _ run: Report.Run, peers: [Report.Peer], problems: [String] = [], unjudged: [String] = [],
    endedEarly: String? = nil, shard: Report.Shard? = nil
  ) -> Report {
    let order = Dictionary(Judge.checkIDs.enumerated().map { ($1, $0) }) { first, _ in first }
    return Report(
      run: run, peers: peers, scenarios: scenarios,
      checks: checks.values.sorted { (order[$0.check] ?? .max, $0.check) < (order[$1.check] ?? .max, $1.check) }
        .map(\.sorted),
      divergences: divergences.all, findings: findings.all, cells: cells, messages: messages.messages,
      divergenceProblems: problems, unjudged: unjudged, endedEarly: endedEarly, shard: shard)
  }
}

extension Report.Check {
  /// With its counts in the order of peers and roles: which cell came first is chance.
  fileprivate var sorted: Self {
    var check = self
    check.counts.sort { ($0.peer ?? "", $0.role?.rawValue ?? "") < ($1.peer ?? "", $1.role?.rawValue ?? "") }
    return check
  }
}

extension Report {
  /// One cell by itself, for showing it as it comes.
  init(of result: CellResult) {
    var builder = ReportBuilder()
    builder.add(result)
    let run = Run(
      syrpc: "", librabbitmq: "", jansson: "", command: [], started: "", seconds: 0, parallel: 1, system: "")
    self = builder.report(run, peers: [])
  }

  /// A run that is over, or as far as it has come.
  package init(_ run: RunReport) {
    var builder = ReportBuilder()
    for result in run.cells { builder.add(result) }
    self = builder.report(
      run.run, peers: run.peers.map(Report.Peer.init), problems: run.problems, unjudged: run.unjudged,
      endedEarly: run.endedEarly, shard: run.shard)
  }
}

extension Report.Finding {
  init(_ finding: Finding, divergence: Int?) {
    let because: Blame? =
      switch finding.explanation {
      case .follows(let cause), .affected(let cause): cause
      case .itself, .nobody: nil
      }
    self.init(
      check: finding.check, level: finding.level, role: finding.role, peer: finding.peer, verdict: finding.verdict,
      expected: finding.expected, observed: finding.observed, because: because, divergence: divergence)
  }
}

extension Report.Cell {
  init(_ result: CellResult, findings: [Int]) {
    self.init(
      combination: result.cell.combination, scenario: result.cell.scenario.name, payload: result.cell.payload,
      recording: result.cell.recording, verdict: result.verdict, conformance: result.conformance, blame: result.blame,
      isUnexplained: result.isUnexplained, reason: result.skipReason, folder: result.folder, unkept: result.unkept,
      milliseconds: result.milliseconds, repeatCommand: result.repeatCommand, appName: result.context?.appName,
      cellsBefore: result.context?.ages, passed: result.findings.count { $0.verdict == .pass }, findings: findings)
  }
}

extension Report.Peer {
  package init(_ peer: RunReport.Peer) {
    self.init(
      name: peer.name, about: peer.about, mode: peer.mode, reason: peer.reason,
      implementation: peer.identity?.implementation, runtime: peer.identity?.runtime,
      settings: peer.identity?.settings, libraries: peer.identity?.libraries, bridged: peer.identity?.bridged,
      location: peer.identity?.location, reference: peer.identity?.isReference,
      checkout: peer.reference.map { Checkout(path: $0.path, commit: $0.commit, modified: $0.isModified) },
      contract: peer.contract)
  }
}
