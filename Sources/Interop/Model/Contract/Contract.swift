package import InteropSupport
package import SyRPCWire

/// The wire contract, as `fixtures/contract.json` has it: what names, declarations and messages must be.
///
/// Not taken from the Swift library, though that knows it all: the library is one of the peers, and a judge that shared
/// its mistakes would blame the others. It is read strictly: what no check would judge is refused.
package struct Contract: Sendable {
  /// The settings of an implementation that is told nothing, by their names in the protocol; times in seconds.
  package struct Defaults: Sendable {
    package let ttl: Int
    package let messageTTL: Int
    package let resultQueueCount: Int
  }

  /// Names of one kind of message, with `{app_name}` and `{index}` in them.
  package struct Names: Sendable {
    package let exchange: String
    package let queue: String
    package let routingKey: String
    /// The keys of the body, in alphabetical order.
    package let keys: [String]
  }

  /// What an argument of a queue has to be.
  package enum Argument: Hashable, Sendable {
    /// A time of the settings, in milliseconds.
    case time(Setting)
    /// This integer, string or boolean.
    case value(JSON)
  }

  /// A setting that is a time.
  package enum Setting: String, CaseIterable, Sendable {
    case ttl = "amq_ttl"
    case messageTTL = "amq_msg_ttl"
  }

  package let defaults: Defaults
  package let exchangeType: String
  /// The flags that are set, in the order of the method's fields.
  package let exchangeFlags: String
  package let queueFlags: String
  package let request: Names
  package let result: Names
  /// The arguments of result queues, by their names.
  package let resultArguments: [String: Argument]
  package let hashKey: [UInt8]
  package let hashMask: UInt64
  /// The properties that messages must have; they have no others.
  package let properties: [String: JSON]

  /// The flags of declarations, in the order of the methods' fields.
  package static let exchangeFlagNames = ["passive", "durable", "auto-delete", "internal"]
  package static let queueFlagNames = ["passive", "durable", "exclusive", "auto-delete"]

  /// Reads the file.
  ///
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  package init(_ path: String) throws(InteropError) {
    try self.init(try Files.read(path), of: path)
  }

  /// Reads the text of the file.
  ///
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  init(_ bytes: [UInt8], of path: String) throws(InteropError) {
    let file = try StrictObject(
      of: path, bytes,
      keys: ["about", "defaults", "exchange", "queue", "request", "result", "hash", "properties"])
    func part(_ key: String, _ keys: [String]?) throws(InteropError) -> StrictObject {
      try file.needed(key) { key throws(InteropError) in try file.object(key, keys: keys) }
    }
    _ = try file.text("about")

    let settings = try part("defaults", Setting.allCases.map(\.rawValue) + ["amq_num_queues"])
    func number(_ key: String) throws(InteropError) -> Int {
      let number = try settings.needed(key, settings.integer)
      guard number > 0 else { throw settings.complaint(key, "is \(number), which is not above 0") }
      return number
    }
    defaults = Defaults(
      ttl: try number("amq_ttl"), messageTTL: try number("amq_msg_ttl"), resultQueueCount: try number("amq_num_queues"))

    let exchange = try part("exchange", ["type", "flags"])
    exchangeType = try exchange.needed("type", exchange.text)
    exchangeFlags = try exchange.flags(Self.exchangeFlagNames)
    queueFlags = try part("queue", ["flags"]).flags(Self.queueFlagNames)

    let names = ["exchange", "queue", "routing_key", "keys"]
    request = try Names(try part("request", names), isIndexed: false)
    let result = try part("result", names + ["arguments"])
    self.result = try Names(result, isIndexed: true)
    resultArguments = try result.arguments()
    properties = try part("properties", Self.propertyTypes.map(\.name)).properties()

    let hash = try part("hash", ["function", "key", "mask"])
    hashKey = Array(try hash.needed("key", hash.text).utf8)
    guard try hash.needed("function", hash.text) == "SipHash-2-4", hashKey.count == 16,
      let mask = UInt64(try hash.needed("mask", hash.text), radix: 16)
    else { throw InteropError("\(path): hash is not SipHash-2-4 with a key of 16 bytes and a mask in hexadecimal") }
    hashMask = mask
  }

  /// The properties that a message can be held to, and whether they are numbers. Headers are what a scenario says.
  static let propertyTypes: [(name: String, isNumber: Bool)] = [
    ("content-type", false), ("content-encoding", false), ("delivery-mode", true), ("priority", true),
    ("correlation-id", false), ("reply-to", false), ("expiration", false), ("message-id", false), ("timestamp", true),
    ("type", false), ("user-id", false), ("app-id", false), ("cluster-id", false),
  ]
}

extension Contract.Names {
  /// - Parameters:
  ///   - part: the contract's part on this kind of message.
  ///   - isIndexed: whether there are several queues, told apart by `{index}`.
  /// - Throws: ``InteropError`` that names what is missing, or stands for nothing.
  fileprivate init(_ part: StrictObject, isIndexed: Bool) throws(InteropError) {
    func name(_ key: String, canBeIndexed: Bool) throws(InteropError) -> String {
      let template = try part.needed(key, part.text)
      let known = ["{app_name}"] + (canBeIndexed ? ["{index}"] : [])
      for match in template.matches(of: #/\{[^}]*\}/#) where !known.contains(String(match.output)) {
        throw part.complaint(
          key, "has \(match.output) in it, which stands for nothing; known: \(known.joined(separator: ", "))")
      }
      return template
    }
    exchange = try name("exchange", canBeIndexed: false)
    queue = try name("queue", canBeIndexed: isIndexed)
    routingKey = try name("routing_key", canBeIndexed: isIndexed)
    if isIndexed, !queue.contains("{index}") { throw part.complaint("queue", "has no {index} in it") }
    keys = try part.needed("keys", part.texts).sorted()
  }
}

extension StrictObject {
  /// The flags of a declaration, as the check shows them.
  fileprivate func flags(_ known: [String]) throws(InteropError) -> String {
    let text = try needed("flags", text)
    let flags = text.split(separator: ",").map { String($0).trimmed }
    for flag in flags where !known.contains(flag) {
      throw complaint("flags", "names \"\(flag)\", which is none; \(Spelling.hint(flag, among: known))")
    }
    return known.filter(flags.contains).joined(separator: ", ")
  }

  fileprivate func arguments() throws(InteropError) -> [String: Contract.Argument] {
    guard let arguments = try object("arguments", keys: nil) else { return [:] }
    var result: [String: Contract.Argument] = [:]
    for (name, value) in arguments.members {
      switch value {
      case .string(let text) where text.hasPrefix("{"):
        let names = Contract.Setting.allCases.map { "{\($0.rawValue)}" }
        guard let setting = Contract.Setting(rawValue: String(text.dropFirst().dropLast())), names.contains(text) else {
          throw arguments.complaint(
            name, "is \"\(text)\", which stands for nothing; \(Spelling.hint(text, among: names))")
        }
        result[name] = .time(setting)
      case .string, .integer, .bool: result[name] = .value(value)
      default: throw arguments.complaint(name, "is \(value.kind), which no check compares")
      }
    }
    return result
  }

  fileprivate func properties() throws(InteropError) -> [String: JSON] {
    var properties: [String: JSON] = [:]
    for (name, isNumber) in Contract.propertyTypes {
      guard let value = members[name] else { continue }
      guard isNumber ? value.integerValue != nil : value.stringValue != nil else {
        throw complaint(name, "is \(value.kind), not \(isNumber ? "an integer" : "a string")")
      }
      properties[name] = value
    }
    return properties
  }
}
