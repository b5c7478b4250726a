internal import InteropJudge
internal import InteropModel
package import InteropReport
package import InteropSupport

/// Whether one version can run beside others, by what was run and stored.
package struct CanDeploy: Sendable {
  /// What two peers have to one another: one's requests are read by the other, or its results.
  package enum Leg: String, Sendable, CaseIterable { case requests, results }

  /// What is known of one peer's messages to another.
  package struct Answer: Sendable {
    package let leg: Leg
    package let writer: String
    package let reader: String
    package let truth: Truth
    /// The cells that show it: those that failed, or those that worked; with the report's file.
    package let cells: [(cell: String, file: String)]
  }

  package let subject: String
  package let others: [String]
  package let answers: [Answer]
  /// Peers of older reports that are called what was asked for, and were something else then; with the report's file.
  package let leftOut: [(peer: String, file: String)]

  /// Whether everything is known to work: what was never run is never yes.
  package var isYes: Bool { !answers.isEmpty && answers.allSatisfy { $0.truth == .works } }

  /// - Parameters:
  ///   - subject: what is to be deployed: `node@next`.
  ///   - others: what runs: `php@4125f50`, `python@1.0`. Behind the `@` is what a run called it, the beginning of the commit of a
  ///     local checkout, or the version of the implementation or of its runtime.
  ///   - reports: stored reports by their files. Of the same cell, the latest counts.
  /// - Throws: ``InteropError`` for a name that cannot be one.
  package init(_ subject: String, with others: [String], reports: [(file: String, report: Report)]) throws(InteropError)
  {
    for name in [subject] + others where !name.contains("@") {
      throw InteropError("\(name) has no version: name it as in \(name)@1.0, by its version, or by a commit")
    }
    if let name = others.first(where: { $0 == subject }) {
      throw InteropError("\(name) is to be deployed, and beside itself")
    }
    self.subject = subject
    self.others = others.uniqued()
    let names = [subject] + self.others
    let sorted = reports.sorted { $0.report.run.started < $1.report.run.started }
    // What a name means is what it meant last: a working copy of last week says nothing about today's.
    var meant: [String: Build] = [:]
    for (file, report) in sorted {
      for peer in report.peers where names.contains(where: peer.isOne) { meant[peer.name] = Build(peer, report, file) }
    }
    var leftOut: [(peer: String, file: String)] = []
    var cells: [Met] = []
    for (file, report) in sorted {
      let peers = report.peers.filter { peer in
        guard names.contains(where: peer.isOne) else { return false }
        if meant[peer.name] == Build(peer, report, file) { return true }
        leftOut.append((peer.name, file))
        return false
      }
      for cell in report.cells where !cell.isReplayed {
        let roles = cell.combination.map { name in
          names.filter { wanted in peers.contains { $0.name == name && $0.isOne(of: wanted) } }
        }
        guard Role.allCases.allSatisfy({ !roles[$0].isEmpty }) else { continue }
        // One peer of a report may be what several names mean.
        for putter in roles.putter {
          for server in roles.server {
            for getter in roles.getter {
              cells.append(
                Met(
                  roles: Combination(putter: putter, server: server, getter: getter), cell: cell, file: file,
                  truths: Leg.allCases.reduce(into: [:]) { $0[$1] = cell.truth(of: $1, in: report) }))
            }
          }
        }
      }
    }
    let latest = Dictionary(cells.map { ("\($0.roles.name)/\($0.cell.scenario)/\($0.cell.payload)", $0) }) { $1 }.values
    self.leftOut = leftOut
    answers = Leg.allCases.flatMap { leg in
      names.flatMap { writer in
        names.compactMap { reader in
          guard writer == subject || reader == subject else { return nil }
          return Self.answer(leg, writer, reader, latest)
        }
      }
    }
  }

  private struct Met {
    let roles: Combination
    let cell: Report.Cell
    let file: String
    /// Of each leg of which it tells anything.
    let truths: [Leg: Truth]
  }

  private static func answer(_ leg: Leg, _ writer: String, _ reader: String, _ cells: some Collection<Met>) -> Answer {
    let met = cells.filter { met in
      let (from, to) = leg == .requests ? (met.roles.putter, met.roles.server) : (met.roles.server, met.roles.getter)
      // Whoever the third is runs beside them as well.
      return from == writer && to == reader
    }
    let failed = met.filter { $0.truths[leg] == .fails }
    let worked = met.filter { $0.truths[leg] == .works }
    // What was cut short says nothing; the plain call has to be among what works.
    let isShown =
      worked.contains { $0.cell.scenario == Scenario.echo.name } && !met.contains { $0.truths[leg] == .unknown }
    let shown = failed.isEmpty ? worked : failed
    return Answer(
      leg: leg, writer: writer, reader: reader, truth: !failed.isEmpty ? .fails : isShown ? .works : .unknown,
      cells: shown.map { ($0.cell.name, $0.file) }.sorted { $0.0 < $1.0 })
  }
}

/// What a peer of a report was.
private struct Build: Hashable {
  let implementation: String?
  let runtime: String?
  let commit: String?
  /// The contract that it kept to: the title of a proposal, or what identifies the file of the contract in force.
  let contract: String?
  /// The report, for a working copy with changes: nobody knows whether another one has the same.
  let file: String?

  init(_ peer: Report.Peer, _ report: Report, _ file: String) {
    implementation = peer.implementation
    runtime = peer.runtime
    commit = peer.checkout?.commit
    contract = peer.contract ?? report.run.fixtures?.contract
    let isKnown = peer.checkout.map { $0.commit != nil && !$0.modified } ?? (peer.reference != true)
    self.file = isKnown ? nil : file
  }
}

extension Report.Cell {
  /// Whether the requests, or the results, of its call came through; nil if it does not tell.
  fileprivate func truth(of leg: CanDeploy.Leg, in report: Report) -> Truth? {
    guard reason == nil else { return .unknown }
    // A known divergence of an outcome is a call that cannot be made.
    let failed = report.findings(of: self).filter { finding in
      finding.level == .required
        && (finding.verdict == .fail || finding.verdict == .affected
          || finding.verdict == .known && finding.check.hasPrefix("outcome."))
    }
    guard !failed.isEmpty else { return .works }
    // Where the request did not come through, nothing is known of the result.
    let isEarly = failed.contains { $0.role != .getter }
    return leg == .requests ? isEarly ? .fails : .works : isEarly ? nil : .fails
  }
}

extension Report.Peer {
  /// Whether a name with a version means it, as this report has it.
  fileprivate func isOne(of wanted: String) -> Bool {
    if name == wanted { return true }
    guard PeerName.base(of: name) == PeerName.base(of: wanted) else { return false }
    let text = String(wanted.drop { $0 != "@" }.dropFirst())
    if let commit = checkout?.commit, text.count >= 7, commit.hasPrefix(text) || text.hasPrefix(commit) {
      return checkout?.modified == false
    }
    // A local checkout is what its commit says, whatever version it states.
    guard checkout == nil, reference != true, contract == nil, let version = Version(text) else { return false }
    let stated = [implementation, runtime].compactMap { $0?.words.last.flatMap { Version($0) } }
    return stated.contains { $0.isOne(of: version) }
  }
}

extension CanDeploy {
  /// What the terminal shows.
  package var lines: [String] {
    var lines: [String] = []
    for answer in answers {
      let says =
        switch answer.truth {
        case .works: "yes, \(answer.cells.count.counted("cell"))"
        case .fails: "NO"
        case .unknown: "unknown: never run\(answer.cells.isEmpty ? "" : " to its end")"
        }
      lines.append("\(answer.leg.rawValue) of \(answer.writer) to \(answer.reader): \(says)")
      let shown = answer.truth == .fails ? answer.cells.prefix(3) : answer.cells.prefix(1)
      lines += shown.map { "    \($0.cell)  \($0.file)" }
    }
    if !leftOut.isEmpty { lines.append("") }
    lines += leftOut.map { "left out: \($0.peer) was another one in \($0.file)" }
    let unknown = answers.count { $0.truth == .unknown }
    let failed = answers.count { $0.truth == .fails }
    lines.append("")
    lines.append(
      isYes
        ? "\(subject) can be deployed with \(others.joined(separator: ", "))"
        : "\(subject) cannot be deployed with \(others.joined(separator: ", ")): \(failed) of \(answers.count) fail, "
          + "\(unknown) unknown")
    return lines
  }
}
