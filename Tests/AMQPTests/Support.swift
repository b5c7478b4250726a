import AMQP
import Foundation
import InteropBroker
import Logging
import NIOConcurrencyHelpers
import SyRPCWire
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

/// Options with a name of the tests', and patience with the broker: the disk of a busy machine, to which a durable queue is
/// written, may stand still for longer than usual.
func options(_ change: (inout ConnectionOptions) -> Void = { _ in }) -> ConnectionOptions {
  var options = ConnectionOptions(name: "AMQPTests")
  options.replyTimeout = .seconds(60)
  change(&options)
  return options
}

func connect(
  _ address: BrokerAddress? = nil, _ options: ConnectionOptions = options()
) async throws -> AMQPConnection {
  let address = if let address { address } else { try await Broker.address }
  return try await AMQPConnection.open(address, options, logger: Logger(label: "test"))
}

/// A topology with one result queue, under a name of its own.
func uniqueTopology() throws -> Topology {
  Topology(try SyRPCSettings(appName: "test-\(UUID())", messageTTL: .seconds(600), resultQueueCount: 1))
}

/// Runs a test on a connection with the result queue of a topology of its own, and removes both.
func withQueue(
  _ body: (_ connection: AMQPConnection, _ binding: Binding) async throws -> Void
) async throws {
  let topology = try uniqueTopology()
  let binding = topology.resultBinding(at: 0)
  let outcome: Result<Void, any Error>
  do {
    let connection = try await connect()
    try await connection.declare(topology.resultExchange)
    try await connection.declare(topology.resultQueue(at: 0))
    try await connection.bind(binding)
    try await body(connection, binding)
    await connection.close()
    outcome = .success(())
  } catch { outcome = .failure(error) }
  let cleaner = try await connect()
  try await cleaner.deleteQueue(binding.queue)
  try await cleaner.deleteExchange(binding.exchange)
  await cleaner.close()
  try outcome.get()
}

/// Expects what a queue holds, or will soon: RabbitMQ answers such questions before it does what it was told earlier
/// (`prioritise_call` in rabbit_amqqueue_process).
func expectQueue(
  _ queue: String, on connection: AMQPConnection, messages: Int? = nil, consumers: Int? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  var status = try await connection.status(ofQueue: queue)
  while messages ?? status.messageCount != status.messageCount
    || consumers ?? status.consumerCount != status.consumerCount, ContinuousClock.now < deadline
  {
    try await Task.sleep(for: .milliseconds(20))
    status = try await connection.status(ofQueue: queue)
  }
  if let messages { #expect(status.messageCount == messages, sourceLocation: sourceLocation) }
  if let consumers { #expect(status.consumerCount == consumers, sourceLocation: sourceLocation) }
}

/// What an asynchronous call throws, as an ``AMQPError``.
func amqpError(_ operation: () async throws -> Void) async -> AMQPError? {
  do {
    try await operation()
    return nil
  } catch { return error as? AMQPError }
}

/// A TCP connection to a broker that can be stopped and cut.
final class Cable: Sendable {
  enum Direction: Int { case toBroker, toClient }

  private struct State {
    var held: Set<Direction> = []
    var isCut = false
    var damaged: Direction?
    var isStopped = false
  }

  private let state = NIOLockedValueBox(State())
  let port: Int

  init(to broker: BrokerAddress, held: Set<Direction> = []) throws {
    let listener = socket(AF_INET, stream, 0)
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) | listen(listener, 16) | getsockname(listener, $0, &length)
      }
    }
    try #require(status == 0, "no port to listen on")
    port = Int(UInt16(bigEndian: address.sin_port))
    state.withLockedValue { $0.held = held }
    let brokerPort = broker.port
    Thread.detachNewThread { [self] in run(listener, brokerPort) }
  }

  /// Lets nothing pass that way until ``release()``.
  func hold(_ direction: Direction) { state.withLockedValue { _ = $0.held.insert(direction) } }
  func release() { state.withLockedValue { $0.held = [] } }
  /// Closes what is open; new connections can be made.
  func cut() { state.withLockedValue { $0.isCut = true } }
  /// Changes the last byte of what passes that way next.
  func damage(_ direction: Direction) { state.withLockedValue { $0.damaged = direction } }
  func stop() { state.withLockedValue { $0.isStopped = true } }

  private func run(_ listener: Int32, _ brokerPort: Int) {
    var pairs: [[Int32]] = []
    defer { for end in pairs.flatMap(\.self) + [listener] { close(end) } }
    while true {
      let (held, isCut, isStopped) = state.withLockedValue { state in
        defer { state.isCut = false }
        return (state.held, state.isCut, state.isStopped)
      }
      if isStopped { return }
      if isCut {
        for end in pairs.flatMap(\.self) { close(end) }
        pairs = []
      }
      var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      for pair in pairs {
        for (source, direction) in zip(pair, [Direction.toBroker, .toClient]) {
          polled.append(pollfd(fd: held.contains(direction) ? -1 : source, events: Int16(POLLIN), revents: 0))
        }
      }
      // The state may change meanwhile; nothing here waits for long.
      _ = poll(&polled, nfds_t(polled.count), 10)
      var closed: Set<Int> = []
      for index in 1..<polled.count where polled[index].revents != 0 {
        let pair = (index - 1) / 2
        guard !closed.contains(pair) else { continue }
        let direction = index % 2 == 1 ? Direction.toBroker : .toClient
        let isDamaged = state.withLockedValue { state in
          defer { if state.damaged == direction { state.damaged = nil } }
          return state.damaged == direction
        }
        if !forward(from: polled[index].fd, to: pairs[pair][index % 2], isDamaged: isDamaged) { closed.insert(pair) }
      }
      for pair in closed.sorted(by: >) { for end in pairs.remove(at: pair) { close(end) } }
      if polled[0].revents != 0, let pair = newPair(listener, brokerPort) { pairs.append(pair) }
    }
  }

  private func newPair(_ listener: Int32, _ brokerPort: Int) -> [Int32]? {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return nil }
    let broker = socket(AF_INET, stream, 0)
    var address = loopback(port: UInt16(brokerPort))
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        plainConnect(broker, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else {
      close(client)
      close(broker)
      return nil
    }
    return [client, broker]
  }

  private func forward(from source: Int32, to sink: Int32, isDamaged: Bool) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = recv(source, &bytes, bytes.count, 0)
    guard count > 0 else { return false }
    if isDamaged { bytes[count - 1] ^= 1 }
    var sent = 0
    while sent < count {
      let more = bytes.withUnsafeBytes { send(sink, $0.baseAddress.map { $0 + sent }, count - sent, noSignal) }
      guard more > 0 else { return false }
      sent += more
    }
    return true
  }
}

/// The system's, which the function of the same name above hides.
private func plainConnect(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
  #if canImport(Darwin)
    Darwin.connect(socket, address, length)
  #else
    Glibc.connect(socket, address, length)
  #endif
}

#if canImport(Darwin)
  private let stream = SOCK_STREAM
  private let noSignal: Int32 = 0
#else
  private let stream = Int32(SOCK_STREAM.rawValue)
  private let noSignal = Int32(MSG_NOSIGNAL)
#endif

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}
