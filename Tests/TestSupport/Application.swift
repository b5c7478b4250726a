package import AMQP
internal import Foundation
internal import InteropBroker
package import Logging
package import SyRPC
internal import NIOConcurrencyHelpers
package import SyRPCWire
package import Testing

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

extension Tag {
  /// Needs a RabbitMQ installation, and starts a private node.
  @Tag package static var broker: Self
}

/// The node that all tests of this process share. It goes with the process.
package enum Broker {
  package static let isInstalled = (try? RabbitMQInstallation.find()) != nil
  private static let node = Task { try await PrivateBroker.start() }

  package static var address: BrokerAddress {
    get async throws { try await node.value.address }
  }
}

/// An application of one test, with what looks at its queues from outside.
package struct Application {
  package let configuration: SyRPCConfiguration
  package let topology: Topology
  package let observer: AMQPConnection

  package func client() -> SyRPCClient { SyRPCClient(configuration, logger: quiet) }
  package func server() -> SyRPCServer { SyRPCServer(configuration, logger: quiet) }

  /// Publishes any bytes as a request.
  package func putRawRequest(_ body: String, contentType: String = MessageProperties.contentType) async throws {
    try await putRawRequest(Array(body.utf8), contentType: contentType)
  }

  package func putRawRequest(_ body: [UInt8], contentType: String = MessageProperties.contentType) async throws {
    try await put(body, by: topology.requestBinding, contentType)
  }

  /// Publishes any bytes as a result, into the queue of an id.
  package func putRawResult(
    _ body: String, for resultID: String, contentType: String = MessageProperties.contentType
  ) async throws {
    try await putRawResult(Array(body.utf8), for: resultID, contentType: contentType)
  }

  package func putRawResult(
    _ body: [UInt8], for resultID: String, contentType: String = MessageProperties.contentType
  ) async throws {
    try await put(body, by: topology.resultBinding(at: topology.resultQueueIndex(for: resultID)), contentType)
  }

  /// Puts results that nobody waits for, many at a time; all into the queue of the first.
  package func putAbandonedResults(_ count: Int, data: JSON = .null) async throws {
    let binding = topology.resultBinding(at: topology.resultQueueIndex(for: "abandoned-0"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        if number >= 256 { try await group.next() }
        let body = try ResultMessage(resultID: "abandoned-\(number)", data: data).encoded()
        group.addTask { try await put(body, by: binding, MessageProperties.contentType) }
      }
      try await group.waitForAll()
    }
  }

  private func put(_ body: [UInt8], by binding: Binding, _ contentType: String) async throws {
    try await observer.publish(
      body, to: binding.exchange, routingKey: binding.routingKey, contentType: contentType)
  }

  /// Waits until a queue has so many messages ready and so many consumers; the time limit of the test bounds it.
  package func until(_ queue: String, messages: Int? = nil, consumers: Int? = nil) async throws {
    while true {
      let status = try await observer.status(ofQueue: queue)
      if messages ?? status.messageCount == status.messageCount,
        consumers ?? status.consumerCount == status.consumerCount
      {
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Expects that nobody consumes a queue, and that so many messages are in it: none is held by anybody.
  ///
  /// Waits a while for it: RabbitMQ answers such questions before it does what it was told earlier (`prioritise_call` in
  /// rabbit_amqqueue_process).
  package func expectAtRest(
    _ queue: String, messages: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    var status = try await observer.status(ofQueue: queue)
    while status.messageCount != messages || status.consumerCount != 0, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
      status = try await observer.status(ofQueue: queue)
    }
    #expect(status.messageCount == messages, sourceLocation: sourceLocation)
    #expect(status.consumerCount == 0, sourceLocation: sourceLocation)
  }
}

/// How long a broker may take to answer where that is not what a test is about: the disk of a busy machine, to which a
/// durable queue is written, may stand still for longer than ``SyRPCConfiguration/replyTimeout``.
package let patience = Duration.seconds(60)

package let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a test with an application of its own, and removes what it left on the broker.
///
/// It is on a node of the test's own, or on the one that all tests share; its clients and servers may reach that by another
/// address, of a tap.
package func withApplication(
  queues: Int = 4, ttl: Duration = SyRPCSettings.defaultTTL, messageTTL: Duration = .seconds(60),
  on node: BrokerAddress? = nil, broker: BrokerAddress? = nil,
  _ body: (Application) async throws -> Void
) async throws {
  let address = if let node { node } else { try await Broker.address }
  let settings = try SyRPCSettings(
    appName: "test-\(UUID())", ttl: ttl, messageTTL: messageTTL, resultQueueCount: queues)
  let topology = Topology(settings)
  let observer = try await observe(address)
  try await observer.declare(topology.requestExchange)
  try await observer.declare(topology.resultExchange)
  try await observer.declare(topology.requestQueue)
  try await observer.bind(topology.requestBinding)
  for index in 0..<queues {
    try await observer.declare(topology.resultQueue(at: index))
    try await observer.bind(topology.resultBinding(at: index))
  }
  let outcome: Result<Void, any Error>
  do {
    var configuration = SyRPCConfiguration(settings: settings, broker: broker ?? address)
    configuration.replyTimeout = patience
    try await body(Application(configuration: configuration, topology: topology, observer: observer))
    outcome = .success(())
  } catch { outcome = .failure(error) }
  let cleaner = try await observe(address)
  for index in 0..<queues { try await cleaner.deleteQueue(topology.resultQueue(at: index).name) }
  try await cleaner.deleteQueue(topology.requestQueue.name)
  try await cleaner.deleteExchange(topology.requestExchange.name)
  try await cleaner.deleteExchange(topology.resultExchange.name)
  await cleaner.close()
  await observer.close()
  try outcome.get()
}

/// A connection of the test's own, to look at queues.
package func observe(_ address: BrokerAddress) async throws -> AMQPConnection {
  var options = ConnectionOptions(name: "SyRPCTests, observer")
  options.replyTimeout = patience
  return try await AMQPConnection.open(address, options, logger: quiet)
}

/// What a call throws, as this library's error.
package func syrpcError(_ operation: () async throws -> Void) async -> SyRPCError? {
  do {
    try await operation()
    return nil
  } catch { return error as? SyRPCError }
}

/// A port of which TCP connections are accepted, by the system, and nothing ever comes.
package final class SilentListener: Sendable {
  package let port: Int
  private let descriptor: Int32

  package init() throws {
    #if canImport(Darwin)
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) | listen(descriptor, 16) | getsockname(descriptor, $0, &length)
      }
    }
    try #require(status == 0, "no port to listen on")
    port = Int(UInt16(bigEndian: address.sin_port))
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

/// A gate that opens once.
package final class Gate: Sendable {
  package init() {}
  private let (stream, sink) = AsyncStream<Void>.makeStream()
  package func open() { sink.finish() }
  package func pass() async { for await _ in stream {} }
}

/// A number that many tasks change.
package final class Counter: Sendable {
  package init() {}
  private let state = NIOLockedValueBox((now: 0, most: 0))
  package var now: Int { state.withLockedValue { $0.now } }
  package var most: Int { state.withLockedValue { $0.most } }
  package func add(_ number: Int) {
    state.withLockedValue {
      $0.now += number
      $0.most = max($0.most, $0.now)
    }
  }
}
