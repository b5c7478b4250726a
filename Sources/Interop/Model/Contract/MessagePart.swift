internal import InteropSupport
internal import SyRPCWire

/// What a contract says of both kinds of messages, where one of them does not say otherwise.
struct CommonPart {
  let exchangeType: String
  let exchangeFlags: String
  let queueFlags: String
  let body: StrictObject
  let marks: MessageMarks
}

/// What a contract says of one kind of message: where it goes, and what it has.
package struct MessagePart: Sendable {
  /// Names, with `{app_name}` and `{index}` in them.
  package let exchange: String
  package let queue: String
  package let routingKey: String
  /// The arguments of the queues, by their names.
  package let arguments: [String: Contract.Argument]
  package let exchangeType: String
  /// The flags that are set, in the order of the method's fields.
  package let exchangeFlags: String
  package let queueFlags: String
  package let body: BodyFormat
  /// The members of the body, in the order of the contract.
  package let fields: [MessageField]
  /// Whether readers pass over fields that the contract does not name; otherwise they refuse the message.
  package let ignoresUnknownFields: Bool
  /// Properties and headers, by their names. A message has no other properties.
  package let marks: MessageMarks

  static let keys = [
    "exchange", "queue", "routing_key", "arguments", "fields", "unknown_fields", "properties", "headers",
    "exchange_type", "exchange_flags", "queue_flags", "body",
  ]

  /// - Parameters:
  ///   - part: the contract's part on this kind of message.
  ///   - kind: of messages. There are several result queues, told apart by `{index}`.
  ///   - common: what holds for both kinds.
  /// - Throws: ``InteropError`` that names what is missing, or stands for nothing.
  init(_ part: StrictObject, _ kind: GoldenMessages.Kind, _ common: CommonPart) throws(InteropError) {
    let isIndexed = kind == .result
    func name(_ key: String, canBeIndexed: Bool) throws(InteropError) -> String {
      let template = try part.needed(key, part.text)
      try part.checkPlaceholders(key, template, known: ["{app_name}"] + (canBeIndexed ? ["{index}"] : []))
      return template
    }
    exchange = try name("exchange", canBeIndexed: false)
    queue = try name("queue", canBeIndexed: isIndexed)
    routingKey = try name("routing_key", canBeIndexed: isIndexed)
    if isIndexed, !queue.contains("{index}") { throw part.complaint("queue", "has no {index} in it") }
    exchangeType = try part.exchangeType("exchange_type") ?? common.exchangeType
    exchangeFlags = try part.flags("exchange_flags", Contract.exchangeFlagNames) ?? common.exchangeFlags
    queueFlags = try part.flags("queue_flags", Contract.queueFlagNames) ?? common.queueFlags
    if isIndexed, !routingKey.contains("{index}"), ["direct", "topic"].contains(exchangeType) {
      throw part.complaint("routing_key", "has no {index} in it: each result would be in every queue")
    }
    arguments = try part.arguments()
    fields = try MessageField.all(in: part, kind)
    let unknown = try part.needed("unknown_fields", part.text)
    guard ["ignored", "refused"].contains(unknown) else {
      throw part.complaint("unknown_fields", "is \"\(unknown)\", which is none of ignored, refused")
    }
    ignoresUnknownFields = unknown == "ignored"
    marks = common.marks.merging(try MessageMarks(of: part))
    let own = try part.object("body", keys: BodyFormat.keys)
    body = try BodyFormat(own?.completed(by: common.body) ?? common.body)
  }

  /// What is wrong with content_encoding, by which readers could not tell the codec of a body; nil if they can.
  var encodingProblem: String? {
    let encoding = marks.properties["content-encoding"]?.value.stringValue
    let codecs = body.codecs.map(\.codec.rawValue)
    guard encoding != "{codec}", codecs.count > 1 || encoding.map({ $0 != codecs[0] }) ?? false else { return nil }
    return "\(encoding.map { "is \"\($0)\"" } ?? "is missing"), and bodies are \(codecs.joined(separator: " or ")): "
      + "readers go by it; \"{codec}\" stands for the one in use"
  }

  /// The names of fields by whether a message must, can or must not have them.
  package func names(_ presence: MessageField.Presence) -> [String] {
    fields.filter { $0.presence == presence }.map(\.name)
  }

  /// The names of the fields that hold one of a call's values.
  package func names(holding value: MessageField.Value) -> [String] {
    fields.filter { $0.holds == value }.map(\.name)
  }
}

extension StrictObject {
  /// The type of an exchange; nil if none is stated.
  ///
  /// - Throws: ``InteropError`` if no broker has it (AMQP 0-9-1, 3.1.3; those of plugins begin with `x-`).
  func exchangeType(_ key: String) throws(InteropError) -> String? {
    guard let type = try text(key) else { return nil }
    let known = ["direct", "fanout", "topic", "headers"]
    guard known.contains(type) || type.hasPrefix("x-") else {
      throw complaint(key, "is \"\(type)\", which is no type of exchange; \(Spelling.hint(type, among: known))")
    }
    return type
  }

  /// The flags of a declaration, as the check shows them; nil if none are stated.
  func flags(_ key: String, _ known: [String]) throws(InteropError) -> String? {
    guard let text = try text(key) else { return nil }
    let flags = text.split(separator: ",").map { String($0).trimmed }
    for flag in flags where !known.contains(flag) {
      throw complaint(key, "names \"\(flag)\", which is none; \(Spelling.hint(flag, among: known))")
    }
    return known.filter(flags.contains).joined(separator: ", ")
  }

  /// - Throws: ``InteropError`` if a text has something in braces that stands for nothing.
  func checkPlaceholders(_ key: String, _ template: String, known: [String]) throws(InteropError) {
    for match in template.matches(of: #/\{[^}]*\}/#) where !known.contains(String(match.output)) {
      throw complaint(
        key, "has \(match.output) in it, which stands for nothing; known: \(known.joined(separator: ", "))")
    }
  }
}
