package import Foundation

/// What a check came to. A cell's is the worst of its checks'.
package enum Verdict: String, CaseIterable, Hashable, Sendable, Comparable {
  case skipped
  case pass
  /// An informational check saw a difference.
  case note
  /// Failed as a listed divergence says.
  case known
  /// Failed since another peer did something wrong in the same cell, which failed for that.
  case affected
  /// A listed divergence that is not there: the list is wrong.
  case unexpectedPass = "unexpected-pass"
  case fail

  package static func < (left: Verdict, right: Verdict) -> Bool { left.order < right.order }
  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// Whether it makes the run fail.
  package var isUnexpected: Bool { self == .fail || self == .affected || self == .unexpectedPass }
}

/// One check, judged for one role of one cell.
package struct Finding: Sendable {
  package let check: String
  package let level: Level
  /// Nil for what is nobody's in particular.
  package let role: Role?
  package let peer: String?
  package var verdict: Verdict
  package let expected: String?
  package let observed: String
  /// The divergence that it was held against.
  package let divergence: Divergence?
  /// When the first frame that is not as expected was sent; nil if it is not about a frame.
  package var since: Date?
  /// Why it failed.
  package var explanation = Explanation.itself
}

/// A cell, judged.
package struct CellResult: Sendable {
  package let cell: Cell
  package let findings: [Finding]
  /// What the peers said of themselves.
  let identities: [Role: PeerIdentity]
  /// Why it was not run; nil if it was.
  package let skipReason: String?
  /// Where its transcripts and logs are, relative to the report's folder; nil if they were not kept.
  package var folder: String?
  /// Why they were not kept though they should have been; nil if they were, or need not be.
  package var unkept: String?
  /// How long the exchange took, judging not included.
  package var milliseconds = 0
  /// What the run was told beside its selection.
  package var repetition = Repetition()
  /// What it was run among; nil if it was not run.
  package var context: CellContext?

  package init(
    cell: Cell, findings: [Finding] = [], identities: [Role: PeerIdentity] = [:], skipReason: String? = nil,
    folder: String? = nil
  ) {
    self.cell = cell
    self.findings = findings
    self.identities = identities
    self.skipReason = skipReason
    self.folder = folder
  }

  /// The command that runs it alone.
  package var repeatCommand: String { repetition.command(cell) }

  /// The worst of its checks'. Notes do not count.
  package var verdict: Verdict { worst(of: findings) }

  /// The worst of its required checks': whether the peers understand each other.
  package var conformance: Verdict { worst(of: findings.filter { $0.level == .required }) }

  private func worst(of findings: [Finding]) -> Verdict {
    if skipReason != nil { return .skipped }
    let worst = findings.map(\.verdict).max() ?? .skipped
    return worst == .note ? .pass : worst
  }

  /// The causes of what is not as expected, the first on the wire first. What follows from a cause is not named.
  package var blame: [Blame] {
    findings.filter { $0.verdict == .fail && $0.explanation == .itself }.sorted { $0.precedes($1) }
      .compactMap(\.blame)
  }

  /// Whether something became of the call that nobody's frames explain: that is the harness's own problem.
  package var isUnexplained: Bool {
    blame.isEmpty && findings.contains { $0.verdict == .fail || $0.verdict == .affected }
  }
}
