package import AMQP
package import SyRPC
internal import SyRPCWire

/// An application that is measured: one for each contender and size, so that none meets another's messages.
package struct BenchApplication: Sendable {
  package let name: String
  package let queueCount: Int

  package init(_ contender: Contender, suffix: String = "", queueCount: Int = SyRPCSettings.defaultResultQueueCount) {
    self.init(name: "bench_\(contender.rawValue)\(suffix)", queueCount: queueCount)
  }

  private init(name: String, queueCount: Int) {
    self.name = name
    self.queueCount = queueCount
  }

  /// In which a side is told of it.
  private static let (nameVariable, queueVariable) = ("SYRPC_BENCH_APP", "SYRPC_BENCH_QUEUES")

  package var environment: [String: String] { [Self.nameVariable: name, Self.queueVariable: "\(queueCount)"] }

  /// Of what ``environment`` gave; nil if it is not all there.
  package init?(environment: [String: String]) {
    guard let name = environment[Self.nameVariable], let count = environment[Self.queueVariable].flatMap({ Int($0) })
    else { return nil }
    self.init(name: name, queueCount: count)
  }

  package func configuration(_ broker: BrokerAddress) throws -> SyRPCConfiguration {
    SyRPCConfiguration(settings: try SyRPCSettings(appName: name, resultQueueCount: queueCount), broker: broker)
  }

  /// Declares all that it has: that is not what is measured.
  func declare(on broker: BrokerAddress) async throws {
    let topology = try topology(broker)
    let connection = try await AMQPConnection.open(broker, ConnectionOptions(name: "SyRPC bench"), logger: .quiet)
    try await connection.declare(topology.requestExchange)
    try await connection.declare(topology.requestQueue)
    try await connection.bind(topology.requestBinding)
    try await connection.declare(topology.resultExchange)
    for index in 0..<topology.settings.resultQueueCount {
      try await connection.declare(topology.resultQueue(at: index))
      try await connection.bind(topology.resultBinding(at: index))
    }
    await connection.close()
  }

  /// Waits until so many requests are in its queue, or ten seconds are over.
  func waitForRequests(_ count: Int, on broker: BrokerAddress) async throws {
    let queue = try topology(broker).requestQueue
    let connection = try await AMQPConnection.open(broker, ConnectionOptions(name: "SyRPC bench"), logger: .quiet)
    let end = ContinuousClock.now + .seconds(10)
    while try await connection.declare(queue).messageCount < count, .now < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    await connection.close()
  }

  private func topology(_ broker: BrokerAddress) throws -> Topology { Topology(try configuration(broker).settings) }
}
