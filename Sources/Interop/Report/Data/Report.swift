package import InteropJudge
package import InteropModel

/// A run as `report.json` has it: what every report that people or programs read is made from, and nothing else is.
///
/// What passed is counted by check, peer and role. Everything else is listed: what was found stands once in ``findings``, and
/// cells refer to it. `interop/report.schema.json` is the schema.
package struct Report: Sendable, Hashable {
  package var run: Run
  package var peers: [Peer]
  package var scenarios: [Scenario]
  package var checks: [Check]
  /// The listed divergences that were seen.
  package var divergences: [ListedDivergence]
  package var findings: [Finding]
  package var cells: [Cell]
  /// What the peers published for the payloads of the scenario `echo`.
  package var messages: [Message]
  /// What is wrong with the list of divergences, a sentence each.
  package var divergenceProblems: [String]
  /// What was judged in the runs on record, and is no longer, a sentence each.
  package var unjudged: [String]
  /// Why it ended before all cells had been run; nil if it did not.
  package var endedEarly: String?
  /// Which part of a run it is; nil for a whole one, and for one that was joined.
  package var shard: Shard?

  package init(
    run: Run, peers: [Peer], scenarios: [Scenario] = [], checks: [Check] = [], divergences: [ListedDivergence] = [],
    findings: [Finding] = [], cells: [Cell] = [], messages: [Message] = [], divergenceProblems: [String] = [],
    unjudged: [String] = [], endedEarly: String? = nil, shard: Shard? = nil
  ) {
    self.run = run
    self.peers = peers
    self.scenarios = scenarios
    self.checks = checks
    self.divergences = divergences
    self.findings = findings
    self.cells = cells
    self.messages = messages
    self.divergenceProblems = divergenceProblems
    self.unjudged = unjudged
    self.endedEarly = endedEarly
    self.shard = shard
  }

  /// The version of the schema.
  package static let schema = 6

  /// A scenario that the run has cells of.
  package struct Scenario: Sendable, Hashable, Codable {
    package let name: String
    package let about: String
  }

  /// A check, and what it came to.
  package struct Check: Sendable, Hashable, Codable {
    package let check: String
    package let level: Level
    /// What it asserts.
    package let meaning: String
    package var counts: [Count]

    /// How often it came to each verdict for a peer in a role; both are nil for what is nobody's in particular.
    package struct Count: Sendable, Hashable {
      package let peer: String?
      package let role: Role?
      package var verdicts: [Verdict: Int] = [:]

      package init(peer: String?, role: Role?) {
        self.peer = peer
        self.role = role
      }
    }
  }

  /// A listed divergence.
  package struct ListedDivergence: Sendable, Hashable, Codable {
    /// What it is about: peer, role, check, scenarios, payloads and versions, in a line.
    package let about: String
    package let reason: String
  }

  /// What a check found, unless it passed or had nothing to judge.
  package struct Finding: Sendable, Hashable, Codable {
    package let check: String
    package let level: Level
    /// Nil for what is nobody's in particular.
    package let role: Role?
    package let peer: String?
    package let verdict: Verdict
    package let expected: String?
    package let observed: String
    /// What it follows from; nil if it is a cause, or nobody knows.
    package let because: Blame?
    /// Its place in ``Report/divergences``; nil if none was listed.
    package var divergence: Int?

    package var blame: Blame? {
      guard let role, let peer else { return nil }
      return Blame(peer: peer, role: role, check: check)
    }
  }

  /// A cell, and what it came to.
  package struct Cell: Sendable, Hashable {
    package let combination: Combination
    package let scenario: String
    package let payload: String
    /// The file of the recording that plays its peer's roles; nil if all three are live.
    package let recording: String?
    /// The worst of all its checks.
    package let verdict: Verdict
    /// The worst of its required checks.
    package let conformance: Verdict
    /// The causes of what is not as expected, the first on the wire first.
    package let blame: [Blame]
    /// Whether nobody's frames explain what became of the call.
    package let isUnexplained: Bool
    /// Why it was not run; nil if it was.
    package let reason: String?
    /// Where its evidence is, relative to the report; nil if it was not kept.
    package var folder: String?
    /// Why it was not kept though it should have been.
    package let unkept: String?
    package let milliseconds: Int
    /// The command that runs it alone.
    package let repeatCommand: String
    package let appName: String?
    /// How many cells each role's process had made before; nil if it was not run.
    package let cellsBefore: PerRole<Int?>?
    /// How many checks passed.
    package let passed: Int
    /// The places in ``Report/findings`` of everything else that was judged.
    package var findings: [Int]

    /// `python-swift-python/echo/hello`.
    package var name: String { "\(combination.name)/\(scenario)/\(payload)" }
    package var isReplayed: Bool { recording != nil }
  }
}

extension Report.Check.Count {
  package subscript(_ verdict: Verdict) -> Int { verdicts[verdict] ?? 0 }
}
