internal import InteropSupport
package import SyRPCWire

/// The properties and headers that messages have to have, by their names.
package struct MessageMarks: Sendable {
  package private(set) var properties: [String: Mark]
  package private(set) var headers: [String: Mark]

  /// What a property or a header is.
  package struct Mark: Sendable, Hashable {
    /// The value; text may have placeholders in it.
    package let value: JSON
    /// Whether writers may leave it out.
    package let isOptional: Bool
    /// Whether readers refuse a message without it. One that has only a value is written, and read by nobody.
    package let isNeeded: Bool

    /// The value for one message.
    package func value(_ filling: Filling) -> JSON {
      value.stringValue.map { .string(filling.resolve($0)) } ?? value
    }

    /// Whether a message may have this value, or none.
    package func allows(_ observed: JSON?, _ filling: Filling) -> Bool {
      observed.map { $0 == value(filling) } ?? isOptional
    }
  }

  /// What stands for the placeholders in one message.
  package struct Filling: Sendable {
    package let values: [String: String]
    static let names = ["app_name", "result_id", "type", "index", "codec"]

    package init(_ values: [String: String]) { self.values = values }

    func resolve(_ template: String) -> String {
      values.reduce(template) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
  }

  /// The properties that a message can be held to, and whether they are numbers.
  static let propertyTypes: [(name: String, isNumber: Bool)] = [
    ("content-type", false), ("content-encoding", false), ("delivery-mode", true), ("priority", true),
    ("correlation-id", false), ("reply-to", false), ("expiration", false), ("message-id", false), ("timestamp", true),
    ("type", false), ("user-id", false), ("app-id", false), ("cluster-id", false),
  ]

  /// What numbers can be (AMQP 0-9-1, basic class).
  private static let ranges: [String: (range: ClosedRange<Int64>, meaning: String)] = [
    "delivery-mode": (1...2, "can be 1, transient, or 2, persistent"), "priority": (0...255, "can be 0 to 255"),
    "timestamp": (0...Int64.max, "cannot be below 0"),
  ]

  /// - Parameter part: the contract, or its part on a kind of message.
  /// - Throws: ``InteropError`` that names the property or header.
  init(of part: StrictObject) throws(InteropError) {
    properties = [:]
    headers = [:]
    if let object = try part.object("properties", keys: Self.propertyTypes.map(\.name)) {
      for (name, isNumber) in Self.propertyTypes where object.members[name] != nil {
        let mark = try Mark(object, name)
        guard isNumber ? mark.value.integerValue != nil : mark.value.stringValue != nil else {
          throw object.complaint(name, "is \(mark.value.kind), not \(isNumber ? "an integer" : "a string")")
        }
        if let number = mark.value.integerValue, let known = Self.ranges[name], !known.range.contains(number) {
          throw object.complaint(name, "is \(number), and \(known.meaning)")
        }
        properties[name] = mark
      }
    }
    if let object = try part.object("headers", keys: nil) {
      for name in object.members.keys { headers[name] = try Mark(object, name) }
    }
  }

  /// These and others, which take the place of those of the same name.
  func merging(_ others: MessageMarks) -> MessageMarks {
    var merged = self
    merged.properties.merge(others.properties) { $1 }
    merged.headers.merge(others.headers) { $1 }
    return merged
  }
}

extension MessageMarks.Mark {
  fileprivate init(_ object: StrictObject, _ name: String) throws(InteropError) {
    var presence: MessageField.Presence?
    if object.members[name]?.objectValue != nil, let entry = try object.object(name, keys: ["value", "presence"]) {
      guard let stated = entry.members["value"] else { throw object.complaint(name, "has no \"value\"") }
      value = stated
      let text = try entry.needed("presence", entry.text)
      presence = MessageField.Presence(rawValue: text)
      guard let presence, presence != .forbidden else {
        throw entry.complaint(
          "presence", "is \"\(text)\", which is none of required, optional; what is not named is forbidden")
      }
    } else {
      value = object.members[name] ?? .null
    }
    isNeeded = presence == .required
    isOptional = presence == .optional
    switch value {
    case .string(let text):
      try object.checkPlaceholders(name, text, known: MessageMarks.Filling.names.map { "{\($0)}" })
    case .integer, .bool: break
    default: throw object.complaint(name, "is \(value.kind), which no check compares")
    }
  }
}
