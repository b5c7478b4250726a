internal import SyRPCWire

/// What the contract says of one application.
package struct ExpectedTopology: Sendable {
  let contract: Contract
  package let appName: String
  /// The settings in force; times in seconds.
  let ttl: Int
  let messageTTL: Int
  let resultQueueCount: Int

  /// A binding of a queue to an exchange.
  struct Binding: Hashable {
    let queue: String
    let exchange: String
    let routingKey: String

    var shown: String { "\(queue) to \(exchange) by \(routingKey)" }
  }

  let requestExchange: String
  let requestQueue: String
  let requestBinding: Binding
  let resultExchange: String
  private let resultQueues: Series
  private let resultRoutingKeys: Series

  /// Names that differ by an index.
  private struct Series {
    /// What comes before the index, and after it.
    let prefix: String
    let suffix: String

    func name(_ index: Int) -> String { "\(prefix)\(index)\(suffix)" }
  }

  /// The application of a cell: what its scenario does not set is as implementations that are told nothing have it.
  init(_ contract: Contract, appName: String, _ scenario: Scenario) {
    self.init(
      contract, appName: appName, ttl: scenario.ttl, messageTTL: scenario.messageTTL,
      resultQueueCount: scenario.resultQueueCount)
  }

  /// An application; what is nil is as implementations that are told nothing have it.
  init(
    _ contract: Contract, appName: String, ttl: Int? = nil, messageTTL: Int? = nil, resultQueueCount: Int? = nil
  ) {
    func named(_ template: some StringProtocol) -> String {
      String(template).replacing("{app_name}", with: appName)
    }
    func series(_ template: String) -> Series {
      let parts = template.split(separator: "{index}", maxSplits: 1, omittingEmptySubsequences: false).map(named)
      return Series(prefix: parts[0], suffix: parts.dropFirst().joined())
    }
    self.contract = contract
    self.appName = appName
    self.ttl = ttl ?? contract.defaults.ttl
    self.messageTTL = messageTTL ?? contract.defaults.messageTTL
    self.resultQueueCount = resultQueueCount ?? contract.defaults.resultQueueCount
    // Each of a cell's checks asks for them.
    requestExchange = named(contract.request.exchange)
    requestQueue = named(contract.request.queue)
    requestBinding = Binding(
      queue: requestQueue, exchange: requestExchange, routingKey: named(contract.request.routingKey))
    resultExchange = named(contract.result.exchange)
    resultQueues = series(contract.result.queue)
    resultRoutingKeys = series(contract.result.routingKey)
  }

  func resultQueue(at index: Int) -> String { resultQueues.name(index) }
  func resultBinding(at index: Int) -> Binding {
    Binding(queue: resultQueue(at: index), exchange: resultExchange, routingKey: resultRoutingKeys.name(index))
  }

  /// The arguments of result queues in the order of their names: `x-expires=10800000, …`
  var resultArguments: String {
    contract.resultArguments.sorted { $0.name < $1.name }.map { argument in
      "\(argument.name)=\((argument.setting == "amq_ttl" ? ttl : messageTTL) * 1000)"
    }.joined(separator: ", ")
  }

  /// The index of the queue that carries the result with this id.
  func resultQueueIndex(for resultID: String) -> Int {
    let hash = SipHash(key: contract.hashKey).hash(Array(resultID.utf8))
    return Int(hash & contract.hashMask) % resultQueueCount
  }

  /// The index of a result queue by its name; nil if it is none of this application's.
  func resultQueueIndex(ofQueue name: String) -> Int? {
    let prefix = resultQueues.prefix
    guard name.utf8.starts(with: prefix.utf8) else { return nil }
    let digits = name.utf8.dropFirst(prefix.utf8.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let index = Int(String(decoding: Array(digits), as: UTF8.self)), (0..<resultQueueCount).contains(index),
      resultQueue(at: index).utf8.elementsEqual(name.utf8)
    else { return nil }
    return index
  }
}
