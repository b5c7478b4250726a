import AMQP
import Foundation
import Interop
import Logging
import SyRPC
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Tag {
  /// Needs a RabbitMQ installation, and starts a private node.
  @Tag static var broker: Self
}

/// The node that all tests of this process share. It goes with the process.
enum Broker {
  static let isInstalled = (try? RabbitMQInstallation.find()) != nil
  private static let node = Task { try await PrivateBroker.start() }

  static var address: BrokerAddress {
    get async throws { try await node.value.address }
  }
}

/// An application of one test, with what looks at its queues from outside.
struct Application {
  let configuration: SyRPCConfiguration
  let topology: Topology
  let observer: AMQPConnection

  func client() -> SyRPCClient { SyRPCClient(configuration, logger: quiet) }
  func server() -> SyRPCServer { SyRPCServer(configuration, logger: quiet) }

  /// Publishes any bytes as a request.
  func putRawRequest(_ body: String) async throws {
    try await observer.publish(
      Array(body.utf8), to: topology.requestExchange.name, routingKey: topology.requestBinding.routingKey)
  }

  /// Publishes any bytes as a result, into the queue of an id.
  func putRawResult(_ body: String, for resultID: String) async throws {
    let binding = topology.resultBinding(at: topology.resultQueueIndex(for: resultID))
    try await observer.publish(Array(body.utf8), to: binding.exchange, routingKey: binding.routingKey)
  }

  /// Waits until a queue has so many messages ready and so many consumers; the time limit of the test bounds it.
  func until(_ queue: String, messages: Int? = nil, consumers: Int? = nil) async throws {
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
  func expectAtRest(
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

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a test with an application of its own, and removes what it left on the broker.
func withApplication(
  queues: Int = 4, messageTTL: Duration = .seconds(60), broker: BrokerAddress? = nil,
  _ body: (Application) async throws -> Void
) async throws {
  let address = try await Broker.address
  let settings = try SyRPCSettings(
    appName: "test-\(UUID())", messageTTL: messageTTL, resultQueueCount: queues)
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
    let configuration = SyRPCConfiguration(settings: settings, broker: broker ?? address)
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

private func observe(_ address: BrokerAddress) async throws -> AMQPConnection {
  try await AMQPConnection.open(address, ConnectionOptions(name: "SyRPCTests, observer"), logger: quiet)
}

/// What a call throws, as this library's error.
func syrpcError(_ operation: () async throws -> Void) async -> SyRPCError? {
  do {
    try await operation()
    return nil
  } catch { return error as? SyRPCError }
}

/// A port of which TCP connections are accepted, by the system, and nothing ever comes.
final class SilentListener: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
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
final class Gate: Sendable {
  private let (stream, sink) = AsyncStream<Void>.makeStream()
  func open() { sink.finish() }
  func pass() async { for await _ in stream {} }
}

/// A number that many tasks change.
final class Counter: Sendable {
  private let state = Mutex((now: 0, most: 0))
  var now: Int { state.withLock { $0.now } }
  var most: Int { state.withLock { $0.most } }
  func add(_ number: Int) {
    state.withLock {
      $0.now += number
      $0.most = max($0.most, $0.now)
    }
  }
}
