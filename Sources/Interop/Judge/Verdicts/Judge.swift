internal import Foundation
package import InteropModel
package import InteropSupport

/// Holds evidence against the checks and the list of known divergences.
package struct Judge: Sendable {
  /// The checks that are reported.
  package let rules: [Rule]
  package let divergences: [Divergence]
  /// What may make a run fail: failures of checks of less weight are notes.
  package let level: Level
  /// The same by the ids of their checks.
  private let divergencesByCheck: [String: [Divergence]]

  /// A judge.
  ///
  /// - Parameters:
  ///   - checks: the ids of the checks to make; all by default.
  ///   - divergences: what is known and accepted.
  ///   - golden: what peers' bodies must be, byte for byte.
  ///   - level: the least weight of a check that makes a run fail.
  package init(
    checks: [Glob] = [Glob("*")], divergences: [Divergence], golden: GoldenMessages, level: Level = .recommended
  ) {
    let all = Self.rules(golden)
    self.init(
      all, rules: all.filter { rule in checks.contains { $0.matches(rule.id) } }, divergences: divergences, level)
  }

  /// All checks there are: what is not reported may explain what is.
  private let all: [Rule]

  private init(_ all: [Rule], rules: [Rule], divergences: [Divergence], _ level: Level) {
    self.all = all
    self.rules = rules
    self.divergences = divergences
    self.level = level
    divergencesByCheck = Dictionary(grouping: divergences, by: \.check)
  }

  /// The judge of a run on a broker: divergences of other versions do not count, seen or not.
  ///
  /// - Parameter version: the broker's; nil if it is unknown, or if the broker is no RabbitMQ.
  /// - Returns: the judge.
  package func on(broker version: Version?) -> Judge {
    Judge(all, rules: rules, divergences: divergences.filter { $0.applies(onBroker: version) }, level)
  }

  /// All rules, those that need a fixture with it.
  private static func rules(_ golden: GoldenMessages) -> [Rule] { Rule.all + [golden.rule, Rule.brokerClean] }

  /// All checks there are; without golden messages to compare with.
  package static let allRules = rules(GoldenMessages())
  /// Their ids.
  package static var checkIDs: [String] { allRules.map(\.id) }

  /// Judges one cell.
  package func judge(_ evidence: Evidence) -> CellResult {
    var findings: [Finding] = []
    // What is being interrupted is judged in part, and not reported.
    for rule in all where !Task.isCancelled {
      for role in rule.roles { findings.append(finding(rule, role, evidence)) }
      if rule.roles.isEmpty { findings.append(finding(rule, nil, evidence)) }
    }
    findings = Attribution.explained(findings, evidence)
    if rules.count < all.count {
      let reported = Set(rules.map(\.id))
      findings.removeAll { !reported.contains($0.check) }
    }
    var result = CellResult(cell: evidence.cell, findings: findings, identities: evidence.identities)
    for role in [Role.server, .getter] { result.delivered[role] = evidence.shortDataDelivered(to: role) }
    return result
  }

  /// Whether a failure of a check of a role is listed for a cell, or may be: what is delivered nobody knows beforehand.
  package func lists(_ check: String, of role: Role, in cell: Cell, _ identities: [Role: PeerIdentity]) -> Bool {
    divergencesByCheck[check]?.contains { $0.covers(cell, check, role, identities) } == true
  }

  private func finding(_ rule: Rule, _ role: Role?, _ evidence: Evidence) -> Finding {
    let peer = role.map { evidence.roles[$0].peer }
    let listed = role.flatMap { role in
      divergencesByCheck[rule.id]?.first {
        $0.covers(evidence.cell, rule.id, role, evidence.identities)
          && $0.meets(evidence.dataDelivered(to: role), payload: evidence.cell.payload)
      }
    }
    func found(
      _ verdict: Verdict, _ expected: String?, _ observed: String, _ failure: Judgement.Failure? = nil
    ) -> Finding {
      Finding(
        check: rule.id, level: rule.level, role: role, peer: peer, verdict: verdict,
        expected: expected?.shortened(to: 400),
        // What is as it should be needs few words.
        observed: observed.shortened(to: verdict == .pass || verdict == .skipped ? 80 : 400),
        observations: failure?.observed ?? [], judged: failure?.judged ?? 0, divergence: listed,
        since: failure?.since)
    }
    // What is of less weight than what counts is worth knowing.
    func unexpected(_ verdict: Verdict) -> Verdict { rule.level < level ? .note : verdict }
    switch rule.judge(evidence.held(role), role ?? .putter) {
    case .passed(let observed):
      guard let listed, !listed.mayPass(with: role.flatMap { evidence.roles[$0].identity }) else {
        return found(.pass, nil, observed)
      }
      return found(unexpected(.unexpectedPass), "a failure, as \(listed.place) says", observed)
    case .failed(let failure):
      let isListed = listed?.describes(failure, in: evidence.cell) ?? false
      return found(isListed ? .known : unexpected(.fail), failure.expected, failure.observed.shown, failure)
    case .inapplicable(let reason):
      return found(.skipped, nil, reason)
    }
  }

  /// What was seen of each divergence.
  package func tallies(in results: [CellResult]) -> [DivergenceTally] {
    divergences.compactMap { divergence in
      guard rules.contains(where: { $0.id == divergence.check }) else { return nil }
      var tally = DivergenceTally(divergence)
      for result in results where result.skipReason == nil {
        for finding in result.findings where finding.divergence?.place == divergence.place {
          tally.note(finding, of: divergence, in: result)
        }
      }
      return tally
    }
  }

  /// What is wrong with the list of divergences, after a run: entries that could have matched and did not, and entries
  /// seen more often than they allow.
  ///
  /// - Parameters:
  ///   - results: all cells of the run.
  ///   - isWhole: whether nothing was left out by a selection. Then an entry whose check was only ever skipped is wrong, too.
  /// - Returns: a sentence each.
  package func problems(in results: [CellResult], isWhole: Bool = false) -> [String] {
    tallies(in: results).compactMap { $0.problem(isWhole: isWhole) }
  }
}

extension Evidence {
  /// What the peers said of themselves; nothing of one that did not start.
  fileprivate var identities: [Role: PeerIdentity] {
    Role.allCases.reduce(into: [:]) { $0[$1] = roles[$1].identity }
  }
}
