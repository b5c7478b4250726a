internal import InteropSupport
package import SyRPCWire

/// A member of a message's body, as a contract has it.
package struct MessageField: Sendable, Hashable {
  package enum Presence: String, CaseIterable, Sendable { case required, optional, forbidden }

  /// The type of a field's value.
  package enum Kind: String, CaseIterable, Sendable { case any, string, integer, number, boolean, object, array, null }

  /// Which of a call's values a field can carry. It carries the one of its own name, unless `holds` names another.
  package enum Value: String, CaseIterable, Sendable {
    case resultID = "result_id"
    case type
    case data
  }

  package let name: String
  package let type: Kind
  package let presence: Presence
  /// Which of a call's values it carries; nil for one of its own.
  package let holds: Value?
  /// What the model writes in one that carries none of a call's values; nil if it carries one.
  package let example: JSON?

  private static let keys = ["type", "presence", "holds", "example"]

  /// The values that each kind of message has to carry.
  private static func carried(by kind: GoldenMessages.Kind) -> [Value] {
    kind == .request ? [.resultID, .type, .data] : [.resultID, .data]
  }

  /// - Parameters:
  ///   - part: the contract's part on a kind of message.
  ///   - kind: which one.
  /// - Returns: its fields.
  /// - Throws: ``InteropError`` that names the field, and says what it contradicts.
  static func all(in part: StrictObject, _ kind: GoldenMessages.Kind) throws(InteropError) -> [MessageField] {
    let object = try part.needed("fields") { key throws(InteropError) in try part.object(key, keys: nil) }
    var fields: [MessageField] = []
    for name in object.members.keys {
      guard let entry = try object.object(name, keys: keys) else { continue }
      fields.append(try MessageField(name, entry, in: object, kind))
    }
    for value in carried(by: kind)
    where !fields.contains(where: { $0.holds == value && $0.presence == .required }) {
      throw part.complaint(
        "fields", "have no required one that holds \(value.rawValue): no \(kind.rawValue) could be understood")
    }
    return fields
  }

  private init(
    _ name: String, _ entry: StrictObject, in fields: StrictObject, _ kind: GoldenMessages.Kind
  ) throws(InteropError) {
    self.name = name
    presence = try entry.word("presence") ?? .required
    if presence == .forbidden {
      for key in ["type", "holds", "example"] where entry.members[key] != nil {
        throw entry.complaint(key, "contradicts that \"\(name)\" is forbidden")
      }
      (type, holds, example) = (.any, nil, nil)
      return
    }
    type = try entry.needed("type", entry.word)
    let possible = Self.carried(by: kind)
    let named: Value? = try entry.word("holds")
    if let named, !possible.contains(named) {
      throw entry.complaint("holds", "is \"\(named.rawValue)\", which no \(kind.rawValue) carries")
    }
    holds = named ?? possible.first { $0.rawValue == name }
    example = entry.members["example"]
    if let holds, example != nil {
      throw entry.complaint("example", "contradicts that \"\(name)\" holds \(holds.rawValue) of the call")
    }
    if let holds, holds != .data, type != .string {
      throw entry.complaint("type", "is \"\(type.rawValue)\", but \(holds.rawValue) is a string")
    }
    if holds == nil, example == nil {
      throw fields.complaint(
        name,
        "is \(presence.rawValue) and has no \"example\": nobody could write it; \"holds\" names a value of the call instead"
      )
    }
    if let example, !type.includes(example) {
      throw entry.complaint("example", "is \(example.kind), but \"\(name)\" is of type \(type.rawValue)")
    }
  }
}

extension MessageField.Kind {
  /// Whether a value is of the type.
  package func includes(_ value: JSON) -> Bool {
    switch self {
    case .any: true
    case .string: value.stringValue != nil && !value.isExactNumber
    case .integer:
      value.integerValue != nil || value.isExactNumber && !value.exactDescription.contains { ".eE".contains($0) }
    case .number: value.doubleValue != nil || value.isExactNumber
    case .boolean: value.boolValue != nil
    case .object: value.objectValue != nil && !value.isExactNumber
    case .array: value.arrayValue != nil
    case .null: value == .null
    }
  }
}
