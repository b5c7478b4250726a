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

  /// Which one it is; a proposal's is the next.
  package let version: Int
  package let defaults: Defaults
  package let exchangeArguments: [String: Argument]
  package let request: MessagePart
  package let result: MessagePart
  package let hash: ResultHash
  /// The contract as JSON, whole.
  package let source: JSON

  /// The flags of declarations, in the order of the methods' fields.
  package static let exchangeFlagNames = ["passive", "durable", "auto-delete", "internal"]
  package static let queueFlagNames = ["passive", "durable", "exclusive", "auto-delete"]

  static let keys = [
    "about", "version", "defaults", "exchange", "queue", "request", "result", "body", "hash", "properties", "headers",
  ]

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
    try self.init(try StrictObject(of: path, bytes, keys: Self.keys))
  }

  /// - Parameter file: the contract, whole; what is wrong with it is said of where it comes from.
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  package init(_ file: StrictObject) throws(InteropError) {
    source = .object(file.members)
    func part(_ key: String, _ keys: [String]?) throws(InteropError) -> StrictObject {
      try file.needed(key) { key throws(InteropError) in try file.object(key, keys: keys) }
    }
    _ = try file.text("about")
    version = try file.needed("version", file.integer)
    guard version > 0 else { throw file.complaint("version", "is \(version), which is not above 0") }

    let settings = try part("defaults", Setting.allCases.map(\.rawValue) + ["amq_num_queues"])
    func number(_ key: String) throws(InteropError) -> Int {
      let number = try settings.needed(key, settings.integer)
      guard number > 0 else { throw settings.complaint(key, "is \(number), which is not above 0") }
      return number
    }
    defaults = Defaults(
      ttl: try number("amq_ttl"), messageTTL: try number("amq_msg_ttl"), resultQueueCount: try number("amq_num_queues"))

    let exchange = try part("exchange", ["type", "flags", "arguments"])
    exchangeArguments = try exchange.arguments()
    let queue = try part("queue", ["flags"])
    let common = CommonPart(
      exchangeType: try exchange.needed("type", exchange.exchangeType),
      exchangeFlags: try exchange.needed("flags") { key throws(InteropError) in
        try exchange.flags(key, Self.exchangeFlagNames)
      },
      queueFlags: try queue.needed("flags") { key throws(InteropError) in try queue.flags(key, Self.queueFlagNames) },
      body: try part("body", BodyFormat.keys), marks: try MessageMarks(of: file))
    request = try MessagePart(try part("request", MessagePart.keys), .request, common)
    result = try MessagePart(try part("result", MessagePart.keys), .result, common)
    hash = try ResultHash(try part("hash", ResultHash.keys))
    try checkParts(as: file)
  }

  /// What it says of one kind of message.
  package func part(_ kind: GoldenMessages.Kind) -> MessagePart { kind == .request ? request : result }

  package var hashKey: [UInt8] { hash.key }
  package var hashMask: UInt64 { hash.mask }
}

extension StrictObject {
  /// The arguments of a declaration, by their names.
  func arguments() throws(InteropError) -> [String: Contract.Argument] {
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
}
