internal import AMQP
internal import Logging
internal import SyRPCWire

/// Reads results on one connection: one consumer for each result queue that somebody waits on.
///
/// Runs on the connection's own thread, so that a delivery is judged where it arrives, in order.
actor ResultReader {
  private final class Queue {
    var desk: ResultDesk
    var consumerTag: String?
    init(_ desk: ResultDesk) { self.desk = desk }
  }

  private let connection: AMQPConnection
  private let topology: Topology
  private let logger: Logger
  private let tally: Tally
  private let finished: FinishedResults
  private var queues: [Int: Queue] = [:]
  private let room = HeldRoom()
  private var waiting: [ResultDesk.Waiter: (Result<JSON, any Error>) -> Void] = [:]
  private nonisolated let inbox = ResultInbox()
  private var unsettled = UnsettledDeliveries()
  /// To be acknowledged when what has arrived is read.
  private var acknowledging: [UInt64] = []
  /// To be given back then.
  private var returning: [UInt64] = []
  /// Who is told then of results that have come: together, so that the threads on which they go on are woken once.
  private var finishing: [() -> Void] = []

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
    let index = topology.resultQueueIndex(for: resultID)
    let waiter = inbox.number()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(waiter, resultID, index) { continuation.resume(with: $0) }
        if Task.isCancelled { giveUp(waiter, resultID, index) }
      }
    } onCancel: {
      Task { await self.giveUp(waiter, resultID, index) }
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
      waiter: inbox.number(), resultID: resultID, index: topology.resultQueueIndex(for: resultID), receive: receive)
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
    giveUp(waiter, resultID, topology.resultQueueIndex(for: resultID))
  }

  /// Takes note of who waits: before anything else happens.
  private func lookIntoInbox() { enter(inbox.takeAll()) }

  private func enter(_ entries: [ResultInbox.Entry]) {
    for entry in entries { enter(entry.waiter, entry.resultID, entry.index, entry.receive) }
  }

  private func enter(
    _ waiter: ResultDesk.Waiter, _ resultID: String, _ index: Int,
    _ receive: @escaping (Result<JSON, any Error>) -> Void
  ) {
    waiting[waiter] = receive
    perform(queue(index).desk.add(waiter, for: resultID), index)
  }

  /// Does something once, when what has arrived is read.
  private func beforeSending(_ work: @escaping @Sendable (isolated ResultReader) -> Void) {
    connection.assumeIsolated { [self] in $0.beforeSending { [self] in assumeIsolated(work) } }
  }

  /// Has the connection's thread do something, in order with what tasks ask of it.
  nonisolated func submit(_ work: @escaping @Sendable (isolated ResultReader) -> Void) {
    connection.submit { [self] _ in assumeIsolated(work) }
  }

  private func giveUp(_ waiter: ResultDesk.Waiter, _ resultID: String, _ index: Int) {
    lookIntoInbox()
    guard let finish = waiting.removeValue(forKey: waiter) else { return }
    perform(queue(index).desk.remove(waiter, for: resultID), index)
    finish(.failure(CancellationError()))
  }

  /// Looks for a result among those that are there, also behind others, and does not wait for it.
  ///
  /// The queue is not consumed for that: basic.get says when it is empty, a consumer is told nothing.
  ///
  /// - Returns: nil if it is not there.
  /// - Throws: as ``result(_:)``.
  func look(_ resultID: String) async throws -> JSON? {
    let index = topology.resultQueueIndex(for: resultID)
    let waiter = inbox.number()
    let found = Mailbox<Result<JSON, any Error>>()
    waiting[waiter] = { found.set($0) }
    perform(queue(index).desk.look(waiter, for: resultID), index)
    // It may have been held here.
    tellFinished()
    defer {
      waiting[waiter] = nil
      perform(queue(index).desk.remove(waiter, for: resultID), index)
    }
    try await search(index) { found.value != nil }
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
        self?.assumeIsolated { $0.receive(delivery, index) }
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
    let queue = Queue(ResultDesk(messageTTL: topology.settings.messageTTL, room: room))
    queues[index] = queue
    return queue
  }

  // MARK: - What the desk says

  private func perform(_ actions: [ResultDesk.Action], _ index: Int) {
    for action in actions {
      switch action {
      case .start: start(index)
      case .stop: stop(index)
      case .acknowledge(let tag): acknowledge(tag)
      case .giveBack(let tags): giveBack(tags)
      case .finish(let waiter, let result): finish(waiter, result)
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
    perform(queue(index).desk.due(at: max(.now, instant)), index)
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
  private func start(_ index: Int) {
    let queue = queue(index)
    guard queue.consumerTag == nil else { return }
    let declaration = topology.resultQueue(at: index)
    do {
      try connection.assumeIsolated {
        try $0.declare(declaration, topology.resultBinding(at: index)) { [weak self] outcome in
          self?.assumeIsolated { $0.declared(outcome, index) }
        }
      }
      queue.consumerTag = try consume(declaration.name, index)
      inbox.open(index)
    } catch {
      fail(index, error)
    }
  }

  private func declared(_ outcome: Result<QueueStatus, AMQPError>, _ index: Int) {
    switch outcome {
    case .success(let status):
      // Who asked for it may have gone in the meantime.
      if queue(index).desk.isConsuming {
        queue(index).desk.consumed(backlog: status.messageCount, at: .now)
      }
    case .failure(let error): fail(index, error)
    }
  }

  private func consume(_ name: String, _ index: Int) throws -> String {
    try connection.assumeIsolated {
      try $0.consume(
        // Above any backlog: with few, results that wait for others would be in the way. 0 is without limit, but a quorum
        // queue takes it for 2,000.
        name, prefetch: .max,
        receive: { [weak self] delivery in self?.assumeIsolated { $0.receive(delivery, index) } },
        end: { [weak self] error in self?.assumeIsolated { $0.consumerEnded(error, index) } })
    }
  }

  private func stop(_ index: Int) {
    guard let tag = queue(index).consumerTag else { return }
    queue(index).consumerTag = nil
    // Whoever came in the last moment starts another one.
    let late = inbox.close(index)
    onConnection { try $0.cancel(tag) }
    enter(late)
  }

  // MARK: - What the broker says

  private func receive(_ delivery: Delivery, _ index: Int) {
    lookIntoInbox()
    unsettled.add(delivery.deliveryTag)
    guard let result = arrived(delivery.body, index) else {
      tally.count(.malformedResults)
      return acknowledge(delivery.deliveryTag)
    }
    let queue = queue(index)
    if !queue.desk.awaits(result.resultID) {
      if let reason = finished.reason(result.resultID) {
        tally.count(reason == .got ? .duplicateResults : .lateResults)
        return acknowledge(delivery.deliveryTag)
      }
      tally.count(.foreignSightings)
    }
    let held = queue.desk.heldCount
    let arrival = ResultDesk.Arrival(
      tag: delivery.deliveryTag, size: delivery.body.count, deliveryCount: delivery.deliveryCount)
    let actions = queue.desk.receive(result, arrival, at: .now, jitter: .random(in: 0..<1))
    if queue.desk.heldCount > held { tally.count(.holds) }
    perform(actions, index)
  }

  /// What came, if it is a result at all: what is none would go round for ever, so it is taken out and reported.
  private func arrived(_ body: [UInt8], _ index: Int) -> ArrivedResult? {
    do {
      let result = try ResultMessage(decoding: body)
      return ArrivedResult(resultID: result.resultID, data: .success(result.data))
    } catch {
      // A payload that cannot be held here is an error to whoever waits for it, and none of ours if it is another's,
      // who may be able to. What is no result to anybody goes round only for somebody here.
      if let id = resultID(ofUnreadable: body), error.jsonError != nil || queue(index).desk.awaits(id) {
        return ArrivedResult(resultID: id, data: .failure(error))
      }
      logger.warning(
        "dropped a malformed result",
        metadata: ["queue": "\(topology.resultQueue(at: index).name)", "error": "\(error)"])
      return nil
    }
  }

  private func finish(_ waiter: ResultDesk.Waiter, _ result: ArrivedResult) {
    finished.add(result.resultID)
    tally.count(.resultsGot)
    guard let receive = waiting.removeValue(forKey: waiter) else { return }
    finishing.append {
      receive(
        result.data.mapError {
          SyRPCError(.unreadableResult, "the result \(result.resultID) came but cannot be held: \($0)")
        })
    }
    guard finishing.count == 1 else { return }
    beforeSending { $0.tellFinished() }
  }

  private func tellFinished() {
    let finishing = finishing
    self.finishing.removeAll(keepingCapacity: true)
    for tell in finishing { tell() }
  }

  private func consumerEnded(_ error: AMQPError, _ index: Int) {
    enter(inbox.close(index))
    let queue = queue(index)
    queue.consumerTag = nil
    if error.code == .notFound, !queue.desk.isIdle {
      // The queue expired or was deleted under us: it is declared anew, and the wait goes on.
      start(index)
    } else {
      fail(index, error)
    }
  }

  private func fail(_ index: Int, _ error: any Error) {
    enter(inbox.close(index))
    queue(index).consumerTag = nil
    for waiter in queue(index).desk.abandon() {
      waiting.removeValue(forKey: waiter)?(.failure(error))
    }
  }

  /// Ends every wait and cancels every consumer, so that nothing is held when the connection goes.
  func close() {
    for index in queues.keys { enter(inbox.close(index)) }
    for (index, queue) in queues {
      let waiters = queue.desk.allWaiters
      perform(queue.desk.close(), index)
      for waiter in waiters {
        waiting.removeValue(forKey: waiter)?(.failure(SyRPCError(.closed, "the client has been closed")))
      }
    }
    sendReturns()
  }
}
