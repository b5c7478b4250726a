package import InteropModel

/// How much a check weighs.
package enum Level: String, Hashable, Sendable, CaseIterable, Comparable, Codable {
  /// Part of the wire format: calls between implementations break without it.
  case required
  /// What a good implementation does; without it results can be lost, or others are disturbed.
  case recommended
  /// A difference worth knowing, of no consequence.
  case informational

  /// What weighs less comes first.
  package static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }
  private var weight: Int { self == .required ? 2 : self == .recommended ? 1 : 0 }
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
    + takingRules + consumerRules + payloadRules + connectionRules + replayRules
}
