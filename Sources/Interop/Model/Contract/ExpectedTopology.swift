package import SyRPCWire

/// What the contract says of one application.
package struct ExpectedTopology: Sendable {
  package let contract: Contract
  package let appName: String
  /// The settings in force; times in seconds.
  package let ttl: Int
  package let messageTTL: Int
  package let resultQueueCount: Int

  /// A binding of a queue to an exchange.
  package struct Binding: Hashable {
    package let queue: String
    package let exchange: String
    package let routingKey: String

    package init(queue: String, exchange: String, routingKey: String) {
      self.queue = queue
      self.exchange = exchange
      self.routingKey = routingKey
    }

    package var shown: String { "\(queue) to \(exchange) by \(routingKey)" }
  }

  // Each of a cell's checks asks for these.
  package let requestExchange: String
  package let requestQueue: String
  package let requestBinding: Binding
  package let resultExchange: String

  /// The application of a cell: what its scenario does not set is as implementations that are told nothing have it.
  package init(_ contract: Contract, appName: String, _ scenario: Scenario) {
    self.init(
      contract, appName: appName, ttl: scenario.ttl, messageTTL: scenario.messageTTL,
      resultQueueCount: scenario.resultQueueCount)
  }

  /// An application; what is nil is as implementations that are told nothing have it.
  package init(
    _ contract: Contract, appName: String, ttl: Int? = nil, messageTTL: Int? = nil, resultQueueCount: Int? = nil
  ) {
    self.contract = contract
    self.appName = appName
    self.ttl = ttl ?? contract.defaults.ttl
    self.messageTTL = messageTTL ?? contract.defaults.messageTTL
    self.resultQueueCount = resultQueueCount ?? contract.defaults.resultQueueCount
    requestExchange = Self.resolve(contract.request.exchange, appName)
    requestQueue = Self.resolve(contract.request.queue, appName)
    requestBinding = Binding(
      queue: requestQueue, exchange: requestExchange, routingKey: Self.resolve(contract.request.routingKey, appName))
    resultExchange = Self.resolve(contract.result.exchange, appName)
  }

  package func resultQueue(at index: Int) -> String { Self.resolve(contract.result.queue, appName, index) }
  package func resultBinding(at index: Int) -> Binding {
    Binding(
      queue: resultQueue(at: index), exchange: resultExchange,
      routingKey: Self.resolve(contract.result.routingKey, appName, index))
  }

  /// What an argument of a queue has to be; nil if queues of this kind have none of this name.
  package func argument(_ name: String, of kind: GoldenMessages.Kind) -> JSON? {
    contract.part(kind).arguments[name].map(value)
  }

  /// The arguments of result queues in the order of their names: `x-expires=10800000, …`
  package var resultArguments: String { shown(contract.result.arguments) }
  package var requestArguments: String { shown(contract.request.arguments) }
  package var exchangeArguments: String { shown(contract.exchangeArguments) }

  private func value(_ argument: Contract.Argument) -> JSON {
    switch argument {
    case .time(.ttl): .integer(Int64(ttl) * 1000)
    case .time(.messageTTL): .integer(Int64(messageTTL) * 1000)
    case .value(let value): value
    }
  }

  private func shown(_ arguments: [String: Contract.Argument]) -> String {
    arguments.sorted { $0.key < $1.key }.map { "\($0.key)=\(value($0.value))" }.joined(separator: ", ")
  }

  /// The index of the queue that carries the result with this id.
  package func resultQueueIndex(for resultID: String) -> Int {
    contract.hash.index(of: resultID, among: resultQueueCount)
  }

  /// The index of a result queue by its name; nil if it is none of this application's.
  package func resultQueueIndex(ofQueue name: String) -> Int? {
    let parts = contract.result.queue.split(separator: "{index}", maxSplits: 1, omittingEmptySubsequences: false)
    let prefix = Self.resolve(String(parts.first ?? ""), appName)
    guard name.utf8.starts(with: prefix.utf8) else { return nil }
    let digits = name.utf8.dropFirst(prefix.utf8.count).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let index = Int(String(decoding: Array(digits), as: UTF8.self)), (0..<resultQueueCount).contains(index),
      resultQueue(at: index).utf8.elementsEqual(name.utf8)
    else { return nil }
    return index
  }

  private static func resolve(_ template: String, _ appName: String, _ index: Int? = nil) -> String {
    let named = template.replacing("{app_name}", with: appName)
    return index.map { named.replacing("{index}", with: String($0)) } ?? named
  }
}
