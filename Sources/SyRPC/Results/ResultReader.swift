internal import AMQP
internal import Logging
internal import SyRPCWire

/// Reads results on one connection: one consumer for each result queue that somebody waits on.
///
/// Runs on the connection's own thread, so that a delivery is judged where it arrives, in order.
actor ResultReader {
  private final class Queue {
    let index: Int
    var desk: ResultDesk
    var consumerTag: String?

    init(_ index: Int, _ desk: ResultDesk) {
      self.index = index
      self.desk = desk
    }
  }

  /// Told what has come. A closure by itself is wrapped anew in each collection.
  private struct Receiver {
    let tell: (Result<JSON, any Error>) -> Void
  }

  private let connection: AMQPConnection
  private let topology: Topology
  private let logger: Logger
  private let tally: Tally
  private let finished: FinishedResults
  private var queues: [Int: Queue] = [:]
  private let room = HeldRoom()
  private var waiting: [ResultDesk.Waiter: Receiver] = [:]
  private nonisolated let inbox = ResultInbox()
  private var unsettled = UnsettledDeliveries()
  /// To be acknowledged when what has arrived is read.
  private var acknowledging: [UInt64] = []
  /// To be given back then.
  private var returning: [UInt64] = []
  /// Who is told then of results that have come: together, so that the threads on which they go on are woken once.
  private var finishing: [(receiver: Receiver, result: ArrivedResult)] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { connection.unownedExecutor }

  init(_ connection: AMQPConnection, _ topology: Topology, _ context: LinkContext, _ finished: FinishedResults) {
    self.connection = connection
    self.topology = topology
    self.finished = finished
    logger = context.logger
    tally = context.tally
  }

  /// Waits for a result.
  ///
  /// - Throws: ``AMQPError``, ``SyRPCError`` with `unreadableResult`, `CancellationError`.
  func result(_ resultID: String) async throws -> JSON {
    let (index, key) = (topology.resultQueueIndex(for: resultID), ResultKey(resultID))
    let waiter = inbox.number()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(waiter, key, queue(index), Receiver { continuation.resume(with: $0) })
        if Task.isCancelled { giveUp(waiter, key, index) }
      }
    } onCancel: {
      Task { await self.giveUp(waiter, key, index) }
    }
  }

  /// Waits for a result, without a task that does; from any thread.
  ///
  /// - Parameters:
  ///   - resultID: the id of the request.
  ///   - receive: told the result on the connection's executor, or why there will be none, as ``result(_:)`` throws it.
  ///   - isWaiting: called when it is waited for: what comes after that is not missed.
  /// - Returns: what to end the wait by, with ``forget(_:_:)``.
  nonisolated func expect(
    _ resultID: String, _ receive: @escaping @Sendable (Result<JSON, any Error>) -> Void,
    isWaiting: @escaping @Sendable () -> Void
  ) -> ResultDesk.Waiter {
    let entry = ResultInbox.Entry(
      waiter: inbox.number(), key: ResultKey(resultID), index: topology.resultQueueIndex(for: resultID),
      receive: receive)
    if inbox.add(entry) {
      isWaiting()
    } else {
      submit { reader in
        reader.enter([entry])
        isWaiting()
      }
    }
    return entry.waiter
  }

  /// Ends a wait; nothing happens if it has ended.
  func forget(_ waiter: ResultDesk.Waiter, _ resultID: String) {
    giveUp(waiter, ResultKey(resultID), topology.resultQueueIndex(for: resultID))
  }

  /// Takes note of who waits: before anything else happens.
  private func lookIntoInbox() { enter(inbox.takeAll()) }

  private func enter(_ entries: [ResultInbox.Entry]) {
    for entry in entries { enter(entry.waiter, entry.key, queue(entry.index), Receiver(tell: entry.receive)) }
  }

  private func enter(_ waiter: ResultDesk.Waiter, _ key: ResultKey, _ queue: Queue, _ receiver: Receiver) {
    waiting[waiter] = receiver
    perform(queue.desk.add(waiter, for: key), queue)
  }

  /// Does something once, when what has arrived is read.
  private func beforeSending(_ work: @escaping @Sendable (isolated ResultReader) -> Void) {
    connection.assumeIsolated { [self] in $0.beforeSending { [self] in assumeIsolated(work) } }
  }

  /// Has the connection's thread do something, in order with what tasks ask of it.
  nonisolated func submit(_ work: @escaping @Sendable (isolated ResultReader) -> Void) {
    connection.submit { [self] _ in assumeIsolated(work) }
  }

  private func giveUp(_ waiter: ResultDesk.Waiter, _ key: ResultKey, _ index: Int) {
    lookIntoInbox()
    guard let receiver = waiting.removeValue(forKey: waiter) else { return }
    let queue = queue(index)
    perform(queue.desk.remove(waiter, for: key), queue)
    receiver.tell(.failure(CancellationError()))
  }

  /// Looks for a result among those that are there, also behind others, and does not wait for it.
  ///
  /// The queue is not consumed for that: basic.get says when it is empty, a consumer is told nothing.
  ///
  /// - Returns: nil if it is not there.
  /// - Throws: as ``result(_:)``.
  func look(_ resultID: String) async throws -> JSON? {
    let (queue, key) = (queue(topology.resultQueueIndex(for: resultID)), ResultKey(resultID))
    let waiter = inbox.number()
    let found = Mailbox<Result<JSON, any Error>>()
    waiting[waiter] = Receiver { found.set($0) }
    perform(queue.desk.look(waiter, for: key), queue)
    // It may have been held here.
    tellFinished()
    defer {
      waiting[waiter] = nil
      perform(queue.desk.remove(waiter, for: key), queue)
    }
    try await search(queue.index) { found.value != nil }
    return try found.value?.get()
  }

  /// Takes messages out of a queue until it is empty, or something is found.
  private func search(_ index: Int, until isFound: () -> Bool) async throws {
    guard !isFound() else { return }
    let declaration = topology.resultQueue(at: index)
    try await connection.declare(declaration)
    try await connection.bind(topology.resultBinding(at: index))
    var (count, isEmpty) = (1, false)
    // Found empty twice: what a consumer of this connection was given before the first answer has come with the second.
    while !isFound() {
      try Task.checkCancellation()
      let found = try await connection.get(declaration.name, atMost: count) { [weak self] delivery in
        self?.assumeIsolated { $0.receive(delivery, $0.queue(index)) }
      }
      guard found < count else {
        count = min(2 * count, Self.mostAtOnce)
        continue
      }
      if isEmpty { return }
      (count, isEmpty) = (1, true)
    }
  }

  /// How many messages are asked for without waiting for an answer.
  private static let mostAtOnce = 256

  private func queue(_ index: Int) -> Queue {
    if let queue = queues[index] { return queue }
    let queue = Queue(index, ResultDesk(messageTTL: topology.settings.messageTTL, room: room))
    queues[index] = queue
    return queue
  }

  // MARK: - What the desk says

  private func perform(_ actions: [ResultDesk.Action], _ queue: Queue) {
    guard !actions.isEmpty else { return }
    let index = queue.index
    for action in actions {
      switch action {
      case .start: start(queue)
      case .stop: stop(queue)
      case .acknowledge(let tag): acknowledge(tag)
      case .giveBack(let tags): giveBack(tags)
      case .finish(let waiter, let result): finish([waiter], result)
      case .wake(let instant):
        _ = Deadlines.shared.after(instant - .now) { [weak self] in self?.submit { $0.wake(index, at: instant) }
        }
      }
    }
    // Nothing is left for later when the consumer is cancelled: the connection may be closed next.
    if actions.contains(.stop) { sendReturns() }
  }

  /// Also where the clock says that it is not time yet: nobody would wake it again.
  private func wake(_ index: Int, at instant: ResultDesk.Instant) {
    lookIntoInbox()
    let queue = queue(index)
    perform(queue.desk.due(at: max(.now, instant)), queue)
  }

  /// Acknowledges a delivery, together with all that follow before what has arrived is read.
  private func acknowledge(_ tag: UInt64) {
    acknowledging.append(tag)
    guard acknowledging.count == 1 else { return }
    beforeSending { $0.sendAcknowledgements() }
  }

  private func sendAcknowledgements() {
    guard !acknowledging.isEmpty else { return }
    for move in unsettled.settle(acknowledging) {
      switch move {
      case .one(let tag): onConnection { try $0.acknowledge(tag) }
      case .upTo(let tag): onConnection { try $0.acknowledge(upTo: tag) }
      }
    }
    acknowledging.removeAll(keepingCapacity: true)
  }

  /// Gives deliveries back, together with all that follow before the thread has read what has arrived.
  private func giveBack(_ tags: [UInt64]) {
    if returning.isEmpty { Task { sendReturns() } }
    returning += tags
  }

  private func sendReturns() {
    guard !returning.isEmpty else { return }
    tally.count(.rejects, returning.count)
    for move in unsettled.settle(returning) {
      switch move {
      case .one(let tag): onConnection { try $0.requeue(tag) }
      case .upTo(let tag): onConnection { try $0.requeue(upTo: tag) }
      }
    }
    returning.removeAll(keepingCapacity: returning.count < 1024)
  }

  /// A failure here is the connection's, which tells its consumers.
  private func onConnection(_ operation: @Sendable (isolated AMQPConnection) throws -> Void) {
    connection.assumeIsolated { try? operation($0) }
  }

  /// Declares and consumes a queue, all at once: the broker answers in this order.
  private func start(_ queue: Queue) {
    guard queue.consumerTag == nil else { return }
    let index = queue.index
    let declaration = topology.resultQueue(at: index)
    do {
      try connection.assumeIsolated {
        try $0.declare(declaration, topology.resultBinding(at: index)) { [weak self] outcome in
          self?.assumeIsolated { $0.declared(outcome, $0.queue(index)) }
        }
      }
      queue.consumerTag = try consume(declaration.name, index)
      inbox.open(index)
    } catch {
      fail(queue, error)
    }
  }

  private func declared(_ outcome: Result<QueueStatus, AMQPError>, _ queue: Queue) {
    switch outcome {
    case .success(let status):
      // Who asked for it may have gone in the meantime.
      if queue.desk.isConsuming { queue.desk.consumed(backlog: status.messageCount, at: .now) }
    case .failure(let error): fail(queue, error)
    }
  }

  private func consume(_ name: String, _ index: Int) throws -> String {
    try connection.assumeIsolated {
      try $0.consume(
        // Above any backlog: with few, results that wait for others would be in the way. 0 is without limit, but a quorum
        // queue takes it for 2,000.
        name, prefetch: .max,
        receive: { [weak self] delivery in self?.assumeIsolated { $0.receive(delivery, $0.queue(index)) } },
        end: { [weak self] error in self?.assumeIsolated { $0.consumerEnded(error, $0.queue(index)) } })
    }
  }

  private func stop(_ queue: Queue) {
    guard let tag = queue.consumerTag else { return }
    queue.consumerTag = nil
    // Whoever came in the last moment starts another one.
    let late = inbox.close(queue.index)
    onConnection { try $0.cancel(tag) }
    enter(late)
  }

  // MARK: - What the broker says

  private func receive(_ delivery: Delivery, _ queue: Queue) {
    lookIntoInbox()
    unsettled.add(delivery.deliveryTag)
    guard let result = arrived(delivery.body, queue) else {
      tally.count(.malformedResults)
      return acknowledge(delivery.deliveryTag)
    }
    if let (waiters, rest) = queue.desk.claim(result.key, at: .now) {
      acknowledge(delivery.deliveryTag)
      finish(waiters, result)
      return perform(rest, queue)
    }
    if let reason = finished.reason(result.key) {
      tally.count(reason == .got ? .duplicateResults : .lateResults)
      return acknowledge(delivery.deliveryTag)
    }
    tally.count(.foreignSightings)
    let held = queue.desk.heldCount
    let arrival = ResultDesk.Arrival(
      tag: delivery.deliveryTag, size: delivery.body.count, deliveryCount: delivery.deliveryCount)
    let actions = queue.desk.receive(result, arrival, at: .now, jitter: .random(in: 0..<1))
    if queue.desk.heldCount > held { tally.count(.holds) }
    perform(actions, queue)
  }

  /// What came, if it is a result at all: what is none would go round for ever, so it is taken out and reported.
  private func arrived(_ body: [UInt8], _ queue: Queue) -> ArrivedResult? {
    do {
      let result = try ResultMessage(decoding: body)
      return ArrivedResult(resultID: result.resultID, data: .success(result.data))
    } catch {
      // A payload that cannot be held here is an error to whoever waits for it, and none of ours if it is another's,
      // who may be able to. What is no result to anybody goes round only for somebody here.
      if let id = resultID(ofUnreadable: body), error.jsonError != nil || queue.desk.awaits(id) {
        return ArrivedResult(resultID: id, data: .failure(error))
      }
      logger.warning(
        "dropped a malformed result",
        metadata: ["queue": "\(topology.resultQueue(at: queue.index).name)", "error": "\(error)"])
      return nil
    }
  }

  private func finish(_ waiters: [ResultDesk.Waiter], _ result: ArrivedResult) {
    finished.add(result.key)
    tally.count(.resultsGot, waiters.count)
    let wasNobody = finishing.isEmpty
    for waiter in waiters {
      if let receiver = waiting.removeValue(forKey: waiter) { finishing.append((receiver, result)) }
    }
    if wasNobody, !finishing.isEmpty { beforeSending { $0.tellFinished() } }
  }

  private func tellFinished() {
    let finishing = finishing
    self.finishing.removeAll(keepingCapacity: true)
    for (receiver, result) in finishing {
      switch result.data {
      case .success(let data): receiver.tell(.success(data))
      case .failure(let error):
        receiver.tell(
          .failure(
            SyRPCError(.unreadableResult, "the result \(result.resultID) came but cannot be held: \(error)")))
      }
    }
  }

  private func consumerEnded(_ error: AMQPError, _ queue: Queue) {
    enter(inbox.close(queue.index))
    queue.consumerTag = nil
    if error.code == .notFound, !queue.desk.isIdle {
      // The queue expired or was deleted under us: it is declared anew, and the wait goes on.
      start(queue)
    } else {
      fail(queue, error)
    }
  }

  private func fail(_ queue: Queue, _ error: any Error) {
    enter(inbox.close(queue.index))
    queue.consumerTag = nil
    for waiter in queue.desk.abandon() {
      waiting.removeValue(forKey: waiter)?.tell(.failure(error))
    }
  }

  /// Ends every wait and cancels every consumer, so that nothing is held when the connection goes.
  func close() {
    for index in queues.keys { enter(inbox.close(index)) }
    for queue in queues.values {
      let waiters = queue.desk.allWaiters
      perform(queue.desk.close(), queue)
      for waiter in waiters {
        waiting.removeValue(forKey: waiter)?.tell(.failure(SyRPCError(.closed, "the client has been closed")))
      }
    }
    sendReturns()
  }
}
