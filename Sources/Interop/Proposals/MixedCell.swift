package import InteropJudge
package import InteropModel

/// A cell of a proposal, judged.
package struct MixedCell: Sendable {
  package let cell: Cell
  /// Which roles are in the later state.
  package let mixture: Mixture
  package let result: CellResult
  /// Nil if it was not run.
  package let passages: Passages?

  /// Whether the call was made as it should be: everything read as what it was, and each peer kept to the contract that it
  /// claims.
  package var truth: Truth {
    guard result.skipReason == nil, let passages else { return .unknown }
    return passages.request == .read && passages.result == .read && faults.isEmpty ? .works : .fails
  }

  /// Whether nothing on the wire says why it failed, so that a busy machine may be the reason.
  package var mayBeSlow: Bool {
    guard truth == .fails, let passages, passages.exceptions.isEmpty else { return false }
    func isOpen(_ passage: Passage) -> Bool { passage == .late || passage == .unreached }
    return isOpen(passages.request) || passages.request == .read && isOpen(passages.result)
  }

  /// The required checks that failed, whether or not that is a known divergence of the outcome.
  package var faults: [Finding] {
    result.findings.filter { finding in
      finding.level == .required
        && (finding.verdict == .fail || finding.verdict == .affected
          || finding.verdict == .known && finding.check.hasPrefix("outcome."))
    }
  }

  /// Why it failed, in a line; empty if it did not.
  package var reason: String {
    guard truth == .fails, let passages else { return result.skipReason ?? "" }
    if let exception = passages.exceptions.first {
      return "the broker to the \(exception.role.rawValue): \(exception.text)"
    }
    func told(_ what: String, _ passage: Passage, _ reader: Role) -> String? {
      switch passage {
      case .read, .unreached: nil
      case .unread: "the \(what) was delivered to the \(reader.rawValue), and not read"
      case .late: "the \(what) reached the queue of the \(reader.rawValue), and was not delivered in time"
      case .misplaced: "the \(what) was put where the \(reader.rawValue) does not look"
      case .refused: "the broker refused a declaration"
      }
    }
    if let text = told("request", passages.request, .server) ?? told("result", passages.result, .getter) { return text }
    if passages.leavesRequests { return "a copy of the request stays in another queue" }
    if passages.leavesResults { return "a copy of the result stays in another queue" }
    guard let cause = result.blame.first, let finding = faults.first(where: { $0.blame == cause }) ?? faults.first
    else {
      return "it did not come to its end"
    }
    return "\(cause): \(finding.observed)"
  }
}
