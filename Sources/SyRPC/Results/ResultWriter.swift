internal import AMQP
internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// Does something after a moment.
typealias Soon = (@escaping @Sendable () -> Void) -> Void

/// Publishes results on one connection, into queues that it has declared.
actor ResultWriter {
  private let connection: AMQPConnection
  private let topology: Topology
  private var declared: Set<Int> = []
  /// Where results go whose queues are declared.
  private nonisolated let destinations = NIOLockedValueBox<[Int: Destination]>([:])

  nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

  init(_ connection: AMQPConnection, _ topology: Topology) {
    self.connection = connection
    self.topology = topology
  }

  /// Publishes a result, and waits until the broker has confirmed it.
  ///
  /// - Throws: ``AMQPError``, `CancellationError`.
  func put(_ body: [UInt8], for resultID: String, _ headers: [String: String]) async throws {
    let index = topology.resultQueueIndex(for: resultID)
    if declared.insert(index).inserted { try await declare(index) }
    let destination = destinations.withLockedValue { $0[index] } ?? Destination(topology.resultBinding(at: index))
    try await publishing {
      try await connection.publish(body, to: destination, headers: headers)
    } repair: {
      // A queue that nobody consumes expires (x-expires), publishing to it or not: it was there, and is no more.
      try await declare(index)
    }
  }

  /// Publishes a result if that can be done at once.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - resultID: the id that says into which queue.
  ///   - headers: sent along.
  ///   - confirmed: told what has become of it, on the connection's executor; ``NotNow``, on any, if nothing was sent.
  nonisolated func putAtOnce(
    _ body: [UInt8], for resultID: String, _ headers: [String: String],
    confirmed: @escaping ConfirmReceiver
  ) {
    let index = topology.resultQueueIndex(for: resultID)
    guard let destination = destinations.withLockedValue({ $0[index] }) else { return confirmed(.failure(NotNow())) }
    connection.putAtOnce(body, to: destination, headers, confirmed: confirmed)
  }

  /// Publishes a small result without headers at once, from any thread.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - resultID: the id that says into which queue.
  ///   - confirmed: told what has become of it, on the connection's executor; and how to do something when all has been told
  ///     that has arrived.
  /// - Returns: false if that cannot be done: nothing was sent, and `confirmed` is not told.
  nonisolated func post(
    _ body: [UInt8], for resultID: String,
    confirmed: @escaping @Sendable (_ outcome: Result<Void, any Error>, _ soon: @escaping Soon) -> Void
  ) -> Bool {
    let index = topology.resultQueueIndex(for: resultID)
    guard let destination = destinations.withLockedValue({ $0[index] }) else { return false }
    return connection.postAtOnce(body, to: destination) { [connection] outcome in
      confirmed(outcome) { work in connection.assumeIsolated { $0.beforeSending(work) } }
    }
  }

  private func declare(_ index: Int) async throws {
    do {
      try await connection.waitWhileBlocked()
      try await connection.declare(topology.resultQueue(at: index))
      try await connection.bind(topology.resultBinding(at: index))
      let destination = Destination(topology.resultBinding(at: index))
      destinations.withLockedValue { $0[index] = destination }
    } catch {
      declared.remove(index)
      destinations.withLockedValue { $0[index] = nil }
      throw error
    }
  }
}
