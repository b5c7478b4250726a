package import InteropJudge

extension Report {
  /// How many cells came to each verdict by their required checks. What a recording plays is not live, and counted apart.
  package func totals(replayed: Bool) -> [(verdict: Verdict, count: Int)] {
    [Verdict.pass, .known, .unexpectedPass, .affected, .fail, .skipped].map { verdict in
      (verdict, cells.count { $0.conformance == verdict && $0.isReplayed == replayed })
    }
  }

  /// Whether everything was as expected: nothing failed, nothing was given up, nothing was left, the list of divergences is
  /// right, and all was judged that is on record as judged.
  package var isAsExpected: Bool {
    endedEarly == nil && !cells.isEmpty && divergenceProblems.isEmpty && unjudged.isEmpty
      && cells.allSatisfy { !$0.verdict.isUnexpected && $0.verdict != .skipped }
  }

  /// What was found in a cell.
  package func findings(of cell: Cell) -> [Finding] { cell.findings.map { findings[$0] } }

  /// Why a finding is listed; nil if it is not.
  package func reason(of finding: Finding) -> String? { finding.divergence.map { divergences[$0].reason } }

  /// The cells that are not as expected, in the order of the matrix.
  package var unexpected: [Cell] { cells.filter { $0.verdict.isUnexpected || $0.verdict == .skipped } }
}
