internal import Foundation
internal import InteropModel
internal import InteropSupport

/// What a rule finds.
enum Judgement: Sendable, Hashable {
  case passed(String)
  case failed(Failure)
  /// There is nothing to judge; why.
  case inapplicable(String)

  /// What is not as expected.
  struct Failure: Sendable, Hashable {
    let expected: String
    /// What was seen of each thing that is not as expected.
    let observed: [Observation]
    /// How many things were judged.
    let judged: Int
    /// When the first frame that is not as expected was sent; nil if that is not about a frame.
    let since: Date?
  }

  static func failed(expected: String, observed: [Observation], of judged: Int, since: Date? = nil) -> Judgement {
    .failed(Failure(expected: expected, observed: observed, judged: judged, since: since))
  }

  /// Of one thing.
  static func failed(expected: String, observed: String, since: Date? = nil) -> Judgement {
    .failed(expected: expected, observed: [Observation(observed)], of: 1, since: since)
  }

  /// Passes if all items are as expected; names those that are not.
  ///
  /// What was expected is put into words only where it is wanted: a payload's takes its time.
  static func all<Item>(
    _ items: [Item], expected: @autoclosure () -> String, none: String, subject: (Item) -> String? = { _ in nil },
    _ observe: (Item) -> String, _ isExpected: (Item) -> Bool
  ) -> Judgement {
    guard !items.isEmpty else { return .inapplicable(none) }
    let wrong = items.filter { !isExpected($0) }
    let observed = (wrong.isEmpty ? items : wrong).map { Observation(observe($0), of: subject($0)) }
    guard !wrong.isEmpty else { return .passed(observed.map(\.shown).uniqued().joined(separator: "; ")) }
    return .failed(
      expected: expected(), observed: observed, of: items.count,
      since: wrong.compactMap { ($0 as? any OnWire)?.moment }.min())
  }

  /// Passes if there are none of what should not be there.
  static func none<Item>(
    _ found: [Item], subject: (Item) -> String? = { _ in nil }, _ observe: (Item) -> String
  ) -> Judgement {
    found.isEmpty
      ? .passed("none") : .all(found, expected: "none", none: "none", subject: subject, observe) { _ in false }
  }

  /// Passes if `observed` is `expected`.
  static func equal(_ observed: String, _ expected: String, since: Date? = nil) -> Judgement {
    observed.utf8.elementsEqual(expected.utf8)
      ? .passed(observed) : .failed(expected: expected, observed: observed, since: since)
  }
}

/// What passed a tap at some time.
protocol OnWire {
  /// Nil where nobody noted when the connection was made.
  var moment: Date? { get }
}

extension Conversation.Step: OnWire {}
extension Message: OnWire {}
