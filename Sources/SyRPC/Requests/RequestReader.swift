internal import AMQP
internal import SyRPCWire

/// A request to be handled, and what took it.
struct TakenRequest: Sendable {
  let request: RequestInHand
  let reader: RequestReader
}

/// Takes requests on one connection.
actor RequestReader {
  private struct Waiter {
    let id: Int
    let continuation: CheckedContinuation<DeliveredRequest, any Error>
  }

  private let connection: AMQPConnection
  private let topology: Topology
  private var waiters: [Waiter] = []
  private var nextWaiter = 0
  private var consumerTag: String?
  private var isDeclaring = false
  /// What has come.
  nonisolated let settlements: RequestSettlements

  nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

  init(_ connection: AMQPConnection, _ topology: Topology) {
    self.connection = connection
    self.topology = topology
    settlements = RequestSettlements(connection)
  }

  // MARK: - One at a time

  /// Waits for a request and acknowledges it. The queue is consumed only while somebody waits, so an idle server holds
  /// no request that another could do.
  ///
  /// - Throws: ``AMQPError``, `CancellationError`.
  func next() async throws -> DeliveredRequest {
    nextWaiter += 1
    let id = nextWaiter
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiters.append(Waiter(id: id, continuation: continuation))
        startConsuming()
        if Task.isCancelled { giveUp(id) }
      }
    } onCancel: {
      Task { await self.giveUp(id) }
    }
  }

  private func startConsuming() {
    guard consumerTag == nil, !isDeclaring else { return }
    do {
      consumerTag = try consume(
        prefetch: 1,
        receive: { [weak self] delivery in self?.assumeIsolated { $0.hand(over: delivery) } },
        end: { [weak self] error in self?.assumeIsolated { $0.consumerEnded(error) } })
    } catch {
      fail(error)
    }
  }

  private func consumerEnded(_ error: AMQPError) {
    consumerTag = nil
    guard error.code == .notFound, !isDeclaring else {
      fail(error)
      return
    }
    // The queue was deleted under us: it is declared anew, and the wait goes on.
    isDeclaring = true
    Task {
      do {
        try await connection.declareRequests(topology)
        isDeclaring = false
        if !waiters.isEmpty { startConsuming() }
      } catch {
        isDeclaring = false
        fail(error)
      }
    }
  }

  private func hand(over delivery: Delivery) {
    settlements.add(delivery.deliveryTag)
    guard !waiters.isEmpty else { return requeue(delivery.deliveryTag) }
    let waiter = waiters.removeFirst()
    // Cancelled before the acknowledgement makes room for the next: so none comes that nobody waits for.
    if waiters.isEmpty { stopConsuming() }
    waiter.continuation.resume(
      // One that could not be acknowledged comes again.
      with: Result {
        try settlements.settle(delivery.deliveryTag) { try $0.acknowledge(delivery.deliveryTag) }
        return DeliveredRequest(delivery)
      })
  }

  private func giveUp(_ id: Int) {
    guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
    let waiter = waiters.remove(at: index)
    if waiters.isEmpty { stopConsuming() }
    waiter.continuation.resume(throwing: CancellationError())
  }

  private func stopConsuming() {
    guard let tag = consumerTag else { return }
    consumerTag = nil
    onConnection { try $0.cancel(tag) }
  }

  private func fail(_ error: any Error) {
    consumerTag = nil
    let waiters = self.waiters
    self.waiters.removeAll()
    for waiter in waiters { waiter.continuation.resume(throwing: error) }
  }

  // MARK: - As they come

  /// Has requests handled as they come, all that the thread has read in a turn together. Those that are in hand already are
  /// not.
  ///
  /// - Parameters:
  ///   - prefetch: how many may be unacknowledged at a time.
  ///   - inHand: what is in hand.
  ///   - places: who handles them.
  /// - Returns: what to end it by, with ``stop(_:)``; and what ends then, with an error when the queue is deleted or the
  ///   connection fails.
  /// - Throws: ``AMQPError``.
  func stream(prefetch: UInt16, into inHand: RequestsInHand, _ places: HandlerPlaces<TakenRequest>) async throws -> (
    tag: String, end: AsyncThrowingStream<Never, any Error>
  ) {
    // It may have been deleted since; consuming what is not there would cost the connection.
    try await connection.declareRequests(topology)
    let (end, continuation) = AsyncThrowingStream<Never, any Error>.makeStream()
    nextStream += 1
    let number = nextStream
    streams[number] = Stream(end: continuation, places: places)
    let tag = try consume(
      prefetch: prefetch,
      receive: { [weak self] delivery in
        self?.assumeIsolated { reader in
          reader.settlements.add(delivery.deliveryTag)
          switch inHand.take(DeliveredRequest(delivery), by: reader) {
          case .joined: break
          case .answered: reader.acknowledge(delivery.deliveryTag)
          case .new(let request): reader.gather(request, number, inHand)
          }
        }
      },
      end: { [weak self] error in self?.assumeIsolated { $0.endStream(number, throwing: error) } })
    streamsByTag[tag] = number
    return (tag, end)
  }

  private struct Stream {
    let end: AsyncThrowingStream<Never, any Error>.Continuation
    let places: HandlerPlaces<TakenRequest>
    /// What the thread has read in this turn.
    var gathered: [RequestInHand] = []
  }

  private var streams: [Int: Stream] = [:]
  private var streamsByTag: [String: Int] = [:]
  private var nextStream = 0

  private func gather(_ request: RequestInHand, _ number: Int, _ inHand: RequestsInHand) {
    streams[number]?.gathered.append(request)
    switch streams[number]?.gathered.count {
    case nil:
      // Delivered after the end.
      Task { await inHand.giveBack(request) }
    case 1: beforeSending { $0.handOver(number) }
    default: break
    }
  }

  private func handOver(_ number: Int) {
    guard let stream = streams[number], !stream.gathered.isEmpty else { return }
    streams[number]?.gathered = []
    stream.places.add(stream.gathered.map { TakenRequest(request: $0, reader: self) })
  }

  private func endStream(_ number: Int, throwing error: (any Error)? = nil) {
    handOver(number)
    streams.removeValue(forKey: number)?.end.finish(throwing: error)
  }

  /// Cancels a stream's consumer. What has been delivered is still handled.
  func stop(_ tag: String) {
    onConnection { try $0.cancel(tag) }
    if let number = streamsByTag.removeValue(forKey: tag) { endStream(number) }
  }

  /// Cancels all consumers of streams, before what they brought goes back.
  func stopStreams() {
    for tag in streamsByTag.keys { stop(tag) }
  }

  /// Whether the connection is gone by which requests came: then they come again by another.
  nonisolated var isOver: Bool { connection.isOver }

  /// Does something once, when what has arrived is read.
  private func beforeSending(_ work: @escaping @Sendable (isolated RequestReader) -> Void) {
    connection.assumeIsolated { [self] in $0.beforeSending { [self] in assumeIsolated(work) } }
  }

  /// Has the connection's thread do something, in order with what tasks ask of it.
  nonisolated func submit(_ work: @escaping @Sendable (isolated RequestReader) -> Void) {
    connection.submit { [self] _ in assumeIsolated(work) }
  }

  /// Acknowledges a request.
  ///
  /// - Returns: false if the connection is gone: then the request comes again.
  @discardableResult
  func acknowledge(_ deliveryTag: UInt64) -> Bool {
    (try? settlements.settle(deliveryTag) { try $0.acknowledge(deliveryTag) }) != nil
  }

  func requeue(_ deliveryTag: UInt64) {
    // A failure is the connection's, which tells its consumers.
    try? settlements.settle(deliveryTag) { try $0.requeue(deliveryTag) }
  }

  // MARK: - Common

  private func consume(
    prefetch: UInt16, receive: @escaping @Sendable (Delivery) -> Void, end: @escaping @Sendable (AMQPError) -> Void
  ) throws -> String {
    try connection.assumeIsolated {
      try $0.consume(topology.requestQueue.name, prefetch: prefetch, receive: receive, end: end)
    }
  }

  /// A failure here is the connection's, which tells its consumers.
  private func onConnection(_ operation: @Sendable (isolated AMQPConnection) throws -> Void) {
    connection.assumeIsolated { try? operation($0) }
  }

  /// Ends every wait, and settles what is to be settled.
  func close() {
    settlements.flush()
    stopConsuming()
    fail(SyRPCError.hasBeenClosed)
    stopStreams()
  }
}
