package import Foundation
package import InteropModel

/// What a check came to. A cell's is the worst of its checks'.
package enum Verdict: String, CaseIterable, Hashable, Sendable, Comparable, Codable {
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
  /// What was seen of each thing that is not as expected; none of one that did not fail.
  package var observations: [Observation] = []
  /// How many things were judged, if it failed.
  var judged = 0
  /// The listed divergence that speaks of it, whatever it came to.
  package let divergence: Divergence?
  /// When the first frame that is not as expected was sent; nil if it is not about a frame.
  package var since: Date?
  /// Why it failed.
  package var explanation = Explanation.itself

  /// The divergence that makes it known, or that is not there.
  package var listed: Divergence? { verdict == .known || verdict == .unexpectedPass ? divergence : nil }
}
