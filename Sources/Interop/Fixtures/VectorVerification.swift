internal import InteropModel
package import InteropSupport
internal import SyRPCWire

/// Holds the hash and the names against `fixtures/vectors`.
package struct VectorVerification {
  private let folder: String
  package private(set) var problems: [String] = []
  private(set) var count = 0

  /// All vectors, of the library and of the contract.
  init(_ checkout: Checkout) throws(InteropError) {
    folder = checkout.vectors
    try checkSipHash()
    try checkLibrary()
    try checkContract(try Contract(checkout.contract))
  }

  /// The vectors of the hash function alone: the judge has no other than the library's.
  ///
  /// - Parameter folder: `fixtures/vectors`.
  /// - Throws: ``InteropError`` if the vectors cannot be read.
  package init(sipHash folder: String) throws(InteropError) {
    self.folder = folder
    try checkSipHash()
  }

  /// The files of vectors.
  static let files = ["hash.json", "naming.json", "siphash.json"]

  private static let namingKeys = [
    "app_name", "num_queues", "result_id", "request_exchange", "request_queue", "request_routing_key",
    "result_exchange",
    "result_queue", "result_routing_key",
  ]

  private mutating func checkSipHash() throws(InteropError) {
    try each("siphash.json", keys: ["length", "output"]) { vector, file in
      guard let length = vector["length"]?.integerValue.flatMap({ UInt8(exactly: $0) }),
        let output = vector["output"]?.stringValue
      else { return "malformed" }
      guard let key = file["key"]?.stringValue.flatMap(bytes(hex:)), key.count == 16 else {
        return "no key of 16 bytes"
      }
      let hash = SipHash(key: key).hash((0..<length).map { $0 })
      return hash == UInt64(output, radix: 16) ? nil : "expected \(output), the hash is \(String(hash, radix: 16))"
    }
  }

  private mutating func checkContract(_ contract: Contract) throws(InteropError) {
    try each("naming.json", keys: Self.namingKeys) { vector, _ in
      guard let app = vector["app_name"]?.stringValue, let queues = vector["num_queues"]?.integerValue,
        let id = vector["result_id"]?.stringValue
      else { return "malformed" }
      let topology = ExpectedTopology(contract, appName: app, resultQueueCount: Int(queues))
      let index = topology.resultQueueIndex(for: id)
      let binding = topology.resultBinding(at: index)
      return Self.difference(
        vector,
        [
          "request_exchange": .string(topology.requestExchange), "request_queue": .string(topology.requestQueue),
          "request_routing_key": .string(topology.requestBinding.routingKey),
          "result_exchange": .string(binding.exchange), "result_queue": .string(binding.queue),
          "result_routing_key": .string(binding.routingKey),
        ]
      ).map { "contract.json: \($0)" }
    }
  }

  private static func difference(_ vector: JSONObject, _ observed: JSONObject) -> String? {
    for (name, value) in observed where vector[name] != value {
      return "\(name): expected \(vector[name]?.description ?? "nothing"), it is \(value)"
    }
    return nil
  }

  private mutating func checkLibrary() throws(InteropError) {
    try each("hash.json", keys: ["result_id", "hash", "low32", "index"]) { vector, _ in
      guard let id = vector["result_id"]?.stringValue, let output = vector["hash"]?.stringValue,
        let indexes = vector["index"]?.objectValue, !indexes.isEmpty
      else { return "malformed" }
      let hash = Topology.resultHash(id)
      guard hash == UInt64(output, radix: 16) else {
        return "expected \(output), the hash is \(String(hash, radix: 16))"
      }
      guard vector["low32"]?.integerValue == Int64(hash & 0xFFFF_FFFF) else { return "low32 is not that of the hash" }
      for (count, index) in indexes {
        guard let queues = Int(count), let settings = try? SyRPCSettings(appName: "a", resultQueueCount: queues) else {
          return "\(count) is no number of queues"
        }
        let observed = Topology(settings).resultQueueIndex(for: id)
        if index.integerValue != Int64(observed) { return "N=\(count): expected \(index), the index is \(observed)" }
      }
      return nil
    }
    try each("naming.json", keys: Self.namingKeys) { vector, _ in
      guard let app = vector["app_name"]?.stringValue, let queues = vector["num_queues"]?.integerValue,
        let id = vector["result_id"]?.stringValue,
        let settings = try? SyRPCSettings(appName: app, resultQueueCount: Int(queues))
      else { return "malformed" }
      let topology = Topology(settings)
      let index = topology.resultQueueIndex(for: id)
      return Self.difference(
        vector,
        [
          "request_exchange": .string(topology.requestExchange.name),
          "request_queue": .string(topology.requestQueue.name),
          "request_routing_key": .string(topology.requestBinding.routingKey),
          "result_exchange": .string(topology.resultExchange.name),
          "result_queue": .string(topology.resultQueue(at: index).name),
          "result_routing_key": .string(topology.resultBinding(at: index).routingKey),
        ])
    }
  }

  private mutating func each(
    _ name: String, keys: [String], _ problem: (JSONObject, JSONObject) -> String?
  ) throws(InteropError) {
    let path = folder / name
    let file = try StrictObject(
      of: path, try Files.read(path), keys: ["about", "source", "sources", "key", "vectors"])
    guard let vectors = try file.objects("vectors", "vector", keys: keys), !vectors.isEmpty else {
      throw InteropError("\(path): there are no \"vectors\"")
    }
    for (number, vector) in vectors.enumerated() {
      count += 1
      if let problem = problem(vector.members, file.members) {
        problems.append("\(path), vector \(number + 1): \(problem)")
      }
    }
  }
}

private func bytes(hex: String) -> [UInt8]? {
  let digits = Array(hex.utf8)
  guard digits.count.isMultiple(of: 2) else { return nil }
  return stride(from: 0, to: digits.count, by: 2).reduce(into: [UInt8]?([])) { bytes, start in
    guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else {
      bytes = nil
      return
    }
    bytes?.append(byte)
  }
}
