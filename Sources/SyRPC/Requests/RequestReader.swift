internal import AMQP
internal import SyRPCWire

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
  private var unsettled = UnsettledDeliveries()
  /// To be acknowledged when what has arrived is read.
  private var acknowledging: [(tag: UInt64, lost: () -> Void)] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

  init(_ connection: AMQPConnection, _ topology: Topology) {
    self.connection = connection
    self.topology = topology
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
    unsettled.add(delivery.deliveryTag)
    guard !waiters.isEmpty else { return requeue(delivery.deliveryTag) }
    let waiter = waiters.removeFirst()
    // Cancelled before the acknowledgement makes room for the next: so none comes that nobody waits for.
    if waiters.isEmpty { stopConsuming() }
    waiter.continuation.resume(
      // One that could not be acknowledged comes again.
      with: Result {
        unsettled.remove(delivery.deliveryTag)
        try connection.assumeIsolated { try $0.acknowledge(delivery.deliveryTag) }
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

  /// Requests as they come, all that the thread has read in a turn together, at most `prefetch` of them unacknowledged at a
  /// time; ends when ``stop(_:)`` is called, with an error when the queue is deleted or the connection fails. Those that are
  /// in hand already do not come.
  func stream(prefetch: UInt16, into inHand: RequestsInHand) async throws -> (
    tag: String, requests: AsyncThrowingStream<[RequestInHand], any Error>
  ) {
    // It may have been deleted since; consuming what is not there would cost the connection.
    try await connection.declareRequests(topology)
    let (requests, continuation) = AsyncThrowingStream<[RequestInHand], any Error>.makeStream()
    nextStream += 1
    let number = nextStream
    streams[number] = Stream(continuation: continuation, inHand: inHand)
    let tag = try consume(
      prefetch: prefetch,
      receive: { [weak self] delivery in
        self?.assumeIsolated { reader in
          reader.unsettled.add(delivery.deliveryTag)
          switch inHand.take(DeliveredRequest(delivery), by: reader) {
          case .joined: break
          case .answered: reader.acknowledge(delivery.deliveryTag)
          case .new(let request): reader.gather(request, number, inHand)
          }
        }
      },
      end: { [weak self] error in self?.assumeIsolated { $0.endStream(number, throwing: error) } })
    streamsByTag[tag] = number
    return (tag, requests)
  }

  private struct Stream {
    let continuation: AsyncThrowingStream<[RequestInHand], any Error>.Continuation
    let inHand: RequestsInHand
    /// What the thread has read in this turn.
    var gathered: [RequestInHand] = []
  }

  private var streams: [Int: Stream] = [:]
  private var streamsByTag: [String: Int] = [:]
  private var nextStream = 0

  private func gather(_ request: RequestInHand, _ number: Int, _ inHand: RequestsInHand) {
    guard let isFirst = streams[number]?.gathered.isEmpty else {
      // Delivered after the end.
      Task { await inHand.giveBack(request) }
      return
    }
    streams[number]?.gathered.append(request)
    guard isFirst else { return }
    connection.assumeIsolated {
      $0.beforeSending { [weak self] in self?.assumeIsolated { $0.handOver(number) } }
    }
  }

  private func handOver(_ number: Int) {
    guard let stream = streams[number], !stream.gathered.isEmpty else { return }
    streams[number]?.gathered = []
    if case .terminated = stream.continuation.yield(stream.gathered) {
      for request in stream.gathered { Task { await stream.inHand.giveBack(request) } }
    }
  }

  private func endStream(_ number: Int, throwing error: (any Error)? = nil) {
    handOver(number)
    streams.removeValue(forKey: number)?.continuation.finish(throwing: error)
  }

  /// Cancels a stream's consumer. What has been delivered is still in the stream.
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

  /// Has the connection's thread do something, in order with what tasks ask of it.
  nonisolated func submit(_ work: @escaping @Sendable (isolated RequestReader) -> Void) {
    connection.submit { [self] _ in assumeIsolated(work) }
  }

  /// Acknowledges a request.
  ///
  /// - Returns: false if the connection is gone: then the request comes again.
  @discardableResult
  func acknowledge(_ deliveryTag: UInt64) -> Bool {
    unsettled.remove(deliveryTag)
    return (try? connection.assumeIsolated { try $0.acknowledge(deliveryTag) }) != nil
  }

  /// Acknowledges a request, together with all that follow before what has arrived is read.
  ///
  /// - Parameters:
  ///   - deliveryTag: its delivery's.
  ///   - lost: told if the connection is gone before: then the request comes again.
  func acknowledge(_ deliveryTag: UInt64, lost: @escaping () -> Void) {
    guard !connection.isOver else { return lost() }
    if acknowledging.isEmpty {
      connection.assumeIsolated {
        $0.beforeSending { [weak self] in self?.assumeIsolated { $0.sendAcknowledgements() } }
      }
    }
    acknowledging.append((deliveryTag, lost))
  }

  private func sendAcknowledgements() {
    let gathered = acknowledging
    acknowledging.removeAll(keepingCapacity: true)
    guard !gathered.isEmpty else { return }
    do {
      for move in unsettled.settle(gathered.map(\.tag)) {
        try connection.assumeIsolated {
          switch move {
          case .one(let tag): try $0.acknowledge(tag)
          case .upTo(let tag): try $0.acknowledge(upTo: tag)
          }
        }
      }
    } catch {
      for (_, lost) in gathered { lost() }
    }
  }

  func requeue(_ deliveryTag: UInt64) {
    unsettled.remove(deliveryTag)
    onConnection { try $0.requeue(deliveryTag) }
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

  /// Ends every wait.
  func close() {
    stopConsuming()
    fail(SyRPCError.hasBeenClosed)
    stopStreams()
  }
}
