package import InteropModel

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
  /// The command that runs it alone; empty if nobody runs it.
  package var repeatCommand = ""
  /// What it was run among; nil if it was not run.
  package var context: CellContext?
  /// The data that was delivered to a server and a getter, as JSON without white space; nil if there was none, or if it is long.
  var delivered: [Role: [String]] = [:]
  /// What its peers published, byte for byte, where the scenario is about that.
  package var messages: [GoldenMessages.Kind: GoldenMessages.Body] = [:]

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
