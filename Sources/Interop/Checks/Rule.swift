/// How much a check weighs.
package enum Level: String, Hashable, Sendable, CaseIterable {
  /// Part of the wire format: calls between implementations break without it.
  case required
  /// What a good implementation does; without it results can be lost, or others are disturbed.
  case recommended
  /// A difference worth knowing, of no consequence.
  case informational
}

/// One named assertion on what one role did in a cell.
package struct Rule: Sendable {
  /// Stable: divergences and reports refer to it.
  package let id: String
  package let level: Level
  /// What it asserts, in a line.
  package let meaning: String
  /// Whose doing is judged.
  package let roles: [Role]
  let judge: @Sendable (Evidence, Role) -> Judgement

  init(
    _ id: String, _ level: Level, _ roles: [Role], _ meaning: String,
    judge: @escaping @Sendable (Evidence, Role) -> Judgement
  ) {
    self.id = id
    self.level = level
    self.roles = roles
    self.meaning = meaning
    self.judge = judge
  }

  /// All checks, in the order of a call.
  package static let all: [Rule] =
    outcomeRules + identityRules + topologyRules + publishRules + framingRules + propertyRules + hashRules
    + consumerRules + payloadRules + connectionRules + replayRules
}

/// What a rule finds.
enum Judgement: Sendable, Hashable {
  case passed(String)
  case failed(expected: String, observed: String)
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
    let shown = (wrong.isEmpty ? items : wrong).map(observe)
    let unique = shown.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let observed = unique.joined(separator: "; ")
    return wrong.isEmpty ? .passed(observed) : .failed(expected: expected(), observed: observed)
  }

  /// Passes if `observed` is `expected`.
  static func equal(_ observed: String, _ expected: String) -> Judgement {
    observed.utf8.elementsEqual(expected.utf8) ? .passed(observed) : .failed(expected: expected, observed: observed)
  }
}
