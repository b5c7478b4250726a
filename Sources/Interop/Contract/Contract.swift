internal import SyRPCWire

/// The wire contract, as `fixtures/contract.json` has it: what names, declarations and messages must be.
///
/// Not taken from the Swift library, though that knows it all: the library is one of the peers, and a judge that shared
/// its mistakes would blame the others.
package struct Contract: Sendable {
  /// The settings of an implementation that is told nothing, by their names in the protocol; times in seconds.
  struct Defaults: Sendable {
    let ttl: Int
    let messageTTL: Int
    let resultQueueCount: Int
  }

  /// Names of one kind of message, with `{app_name}` and `{index}` in them.
  struct Names: Sendable {
    let exchange: String
    let queue: String
    let routingKey: String
    /// The keys of the body, in alphabetical order.
    let keys: [String]
  }

  let defaults: Defaults
  let exchangeType: String
  let exchangeFlags: String
  let queueFlags: String
  let request: Names
  let result: Names
  /// The arguments of result queues: name, and the setting that is their value.
  let resultArguments: [(name: String, setting: String)]
  let hashKey: [UInt8]
  let hashMask: UInt64
  /// The properties that messages must have.
  let properties: [String: String]

  /// Reads the file.
  ///
  /// - Throws: ``InteropError`` that names the file and the key.
  package init(_ path: String) throws(InteropError) {
    let json = try Files.readJSON(path)
    func find(_ keys: [String]) throws(InteropError) -> JSON {
      var value = json
      for key in keys {
        guard let next = value[key] else { throw InteropError("\(path): \(keys.joined(separator: ".")) is missing") }
        value = next
      }
      return value
    }
    func text(_ keys: String...) throws(InteropError) -> String {
      let value = try find(keys)
      return value.stringValue ?? value.description
    }
    func number(_ keys: String...) throws(InteropError) -> Int {
      guard let value = try find(keys).integerValue else {
        throw InteropError("\(path): \(keys.joined(separator: ".")) is no integer")
      }
      return Int(value)
    }
    func names(_ kind: String) throws(InteropError) -> Names {
      Names(
        exchange: try text(kind, "exchange"), queue: try text(kind, "queue"), routingKey: try text(kind, "routing_key"),
        keys: try find([kind, "keys"]).arrayValue?.compactMap(\.stringValue).sorted() ?? [])
    }
    defaults = Defaults(
      ttl: try number("defaults", "amq_ttl"), messageTTL: try number("defaults", "amq_msg_ttl"),
      resultQueueCount: try number("defaults", "amq_num_queues"))
    exchangeType = try text("exchange", "type")
    exchangeFlags = try text("exchange", "flags")
    queueFlags = try text("queue", "flags")
    request = try names("request")
    result = try names("result")
    resultArguments = (try find(["result", "arguments"]).objectValue ?? [:]).map {
      ($0.key, $0.value.stringValue ?? "")
    }
    properties = Dictionary(
      (try find(["properties"]).objectValue ?? [:]).map { ($0.key, $0.value.stringValue ?? $0.value.description) }
    ) { _, last in last }
    hashKey = Array(try text("hash", "key").utf8)
    guard try text("hash", "function") == "SipHash-2-4", hashKey.count == 16,
      let mask = UInt64(try text("hash", "mask"), radix: 16)
    else { throw InteropError("\(path): hash is not SipHash-2-4 with a key of 16 bytes and a mask in hexadecimal") }
    hashMask = mask
  }
}
