internal import Foundation
internal import InteropModel
internal import InteropSupport

/// What a rule finds.
enum Judgement: Sendable, Hashable {
  case passed(String)
  /// - Parameter since: when the first frame that is not as expected was sent; nil if that is not about a frame.
  case failed(expected: String, observed: String, since: Date? = nil)
  /// There is nothing to judge; why.
  case inapplicable(String)

  /// Passes if all items are as expected; names those that are not.
  ///
  /// What was expected is put into words only where it is wanted: a payload's takes its time.
  static func all<Item>(
    _ items: [Item], expected: @autoclosure () -> String, none: String, _ observe: (Item) -> String,
    _ isExpected: (Item) -> Bool
  ) -> Judgement {
    guard !items.isEmpty else { return .inapplicable(none) }
    let wrong = items.filter { !isExpected($0) }
    let observed = (wrong.isEmpty ? items : wrong).map(observe).uniqued().joined(separator: "; ")
    guard !wrong.isEmpty else { return .passed(observed) }
    return .failed(
      expected: expected(), observed: observed, since: wrong.compactMap { ($0 as? any OnWire)?.moment }.min())
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
