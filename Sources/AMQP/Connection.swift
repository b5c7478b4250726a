internal import CRabbitMQ
package import Logging
internal import SyRPCWire

/// One AMQP 0-9-1 connection with one channel, in confirm mode.
///
/// An actor whose executor is the one thread that librabbitmq allows near the connection. Methods that expect an answer
/// wait without holding the thread. Answers to one method come in the order of its questions; those to different methods
/// need not: RabbitMQ lets the queue itself send consume-ok and cancel-ok, and the channel's own answers overtake them.
///
/// A connection fails as a whole: after any exception of the broker's, also one of the channel alone, everybody who
/// waits gets that error and the connection is closed. Whoever needs another opens one.
package actor AMQPConnection {
  private struct PendingReply {
    /// Some answers nobody waits for; they have their question all the same.
    enum Receiver {
      case nobody
      case caller(CheckedContinuation<BrokerFrame, any Error>)
      case cancelledConsumer(tag: String)
    }
    /// The method that answers.
    let method: UInt32
    let receiver: Receiver
    let deadline: ContinuousClock.Instant
  }

  private struct Consumer {
    let receive: @Sendable (Delivery) -> Void
    let end: @Sendable (AMQPError) -> Void
  }

  private let thread: OwnerThread
  private let address: BrokerAddress
  private let options: ConnectionOptions
  private let logger: Logger

  private var handle: Handle?
  private var failure: AMQPError?
  private var replies: [PendingReply] = []
  private var confirms = ConfirmLedger<CheckedContinuation<Void, any Error>>()
  private var assembler = ContentAssembler()
  private var consumers: [String: Consumer] = [:]
  private var consumerCount = 0
  /// Why the broker takes no messages for now (connection.blocked).
  private var blockedReason: String?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Connects, logs in and opens the channel.
  ///
  /// - Throws: ``AMQPError`` with `unreachable`, `handshakeFailed`, `accessRefused`, `notFound` or `resources`.
  package static func open(
    _ address: BrokerAddress, _ options: ConnectionOptions, logger: Logger
  ) async throws -> AMQPConnection {
    let connection = try AMQPConnection(address, options, logger)
    try await connection.start()
    return connection
  }

  private init(_ address: BrokerAddress, _ options: ConnectionOptions, _ logger: Logger) throws(AMQPError) {
    self.address = address
    self.options = options
    self.logger = logger
    let turn = Turn()
    thread = try OwnerThread { turn.take() }
    turn.connection.set(self)
  }

  deinit {
    // Nobody can call any more, and the thread finds no connection in its turn: it has only to end.
    thread.stop()
  }

  private func start() async throws {
    do {
      handle = try Handle(address, options)
      _ = try await call(Method.channelOpen, amqp_channel_open_t(out_of_band: amqp_empty_bytes))
      _ = try await call(Method.confirmSelect, amqp_confirm_select_t(nowait: 0))
    } catch {
      shutDown(error as? AMQPError ?? AMQPError(.closed, "\(error)"))
      throw error
    }
    logger.debug("connected", metadata: ["broker": "\(address.host):\(address.port)", "name": "\(options.name)"])
  }

  /// Whether the connection can still be used.
  package var isOpen: Bool { handle != nil }

  /// Closes in an orderly way: waits for the broker's close-ok, but no longer than the reply timeout. Everybody who
  /// still waits on this connection gets an error.
  package func close() async {
    guard handle != nil else { return }
    let arena = Arena()
    defer { extendLifetime(arena) }
    do {
      try handle?.sendOnConnection(
        Method.connectionClose,
        amqp_connection_close_t(reply_code: 200, reply_text: arena.bytes("goodbye"), class_id: 0, method_id: 0))
      _ = try await reply(to: Method.connectionClose)
    } catch let error as AMQPError where error.code == .closed {
      return
    } catch {
      logger.debug("not closed in an orderly way", metadata: ["error": "\(error)"])
    }
    shutDown(AMQPError(.closed, "the connection has been closed"))
  }

  // MARK: - Publishing

  /// Publishes a persistent, mandatory JSON message and waits until the broker has confirmed it.
  ///
  /// - Throws: ``AMQPError``: `unroutable` if it reached no queue, `notConfirmed`, `timedOut` with the broker's reason
  ///   if it blocks publishers, `connectionLost`; and `CancellationError`. After the last four it may or may not arrive;
  ///   if the task was cancelled before, it is not sent.
  package func publish(_ body: [UInt8], to exchange: String, routingKey: String) async throws {
    try Task.checkCancellation()
    let arena = Arena()
    defer { extendLifetime(arena) }
    var properties = amqp_basic_properties_t()
    properties._flags = UInt32(
      AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG)
    properties.content_type = arena.bytes(MessageProperties.contentType)
    properties.content_encoding = arena.bytes(MessageProperties.contentEncoding)
    properties.delivery_mode = MessageProperties.persistentDeliveryMode

    // What has arrived is read first: a broker that waits for its own reader would never take what we write
    // (librabbitmq #780).
    _ = pump()
    let handle = try usable()
    do {
      try handle.publish(
        body, exchange: exchange, routingKey: routingKey, mandatory: true, properties: properties, arena)
    } catch {
      shutDown(error)
      throw error
    }

    let tag = Mailbox<UInt64>()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let deadline = ContinuousClock.now + options.replyTimeout
        tag.set(confirms.published(continuation, exchange: exchange, routingKey: routingKey, deadline: deadline))
        if Task.isCancelled { giveUp(tag) }
      }
    } onCancel: {
      Task { await self.giveUp(tag) }
    }
  }

  private func giveUp(_ tag: Mailbox<UInt64>) {
    guard let tag = tag.value, let entry = confirms.remove(tag) else { return }
    entry.token.resume(throwing: CancellationError())
  }

  // MARK: - Consuming

  /// Starts a consumer with manual acknowledgement.
  ///
  /// - Parameters:
  ///   - queue: the queue to consume.
  ///   - prefetch: how many messages may be unacknowledged at a time; 0 for any number.
  ///   - receive: called on this connection's executor for each message.
  ///   - end: called on this connection's executor when the broker cancels the consumer or the connection fails.
  /// - Returns: the consumer tag, to cancel it by. Messages may arrive before the broker's consume-ok.
  /// - Throws: ``AMQPError`` if it cannot be sent. If the broker refuses, `end` says so.
  package func consume(
    _ queue: String, prefetch: UInt16, receive: @escaping @Sendable (Delivery) -> Void,
    end: @escaping @Sendable (AMQPError) -> Void
  ) throws -> String {
    let arena = Arena()
    defer { extendLifetime(arena) }
    consumerCount += 1
    let tag = "syrpc.\(consumerCount)"
    // RabbitMQ applies basic.qos without `global` to the consumers that follow on the channel.
    try notify(Method.basicQos, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0))
    try notify(
      Method.basicConsume,
      amqp_basic_consume_t(
        ticket: 0, queue: arena.bytes(queue), consumer_tag: arena.bytes(tag), no_local: 0, no_ack: 0, exclusive: 0,
        nowait: 0, arguments: amqp_empty_table))
    consumers[tag] = Consumer(receive: receive, end: end)
    return tag
  }

  /// Cancels a consumer. What the broker has sent before it reads this is still handed over; messages that are
  /// acknowledged after this call make room for no new ones.
  package func cancel(_ consumerTag: String) throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    try send(Method.basicCancel, amqp_basic_cancel_t(consumer_tag: arena.bytes(consumerTag), nowait: 0))
    expectReply(to: Method.basicCancel, .cancelledConsumer(tag: consumerTag))
  }

  /// Acknowledges one message.
  package func acknowledge(_ deliveryTag: UInt64) throws {
    try send(Method.basicAck, amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: 0))
  }

  /// Gives one message back to its queue.
  package func requeue(_ deliveryTag: UInt64) throws {
    try send(Method.basicReject, amqp_basic_reject_t(delivery_tag: deliveryTag, requeue: 1))
  }

  // MARK: - Methods and answers

  private func usable() throws(AMQPError) -> Handle {
    if let handle { return handle }
    throw failure ?? AMQPError(.closed, "the connection is not open")
  }

  private func send<Arguments>(_ method: UInt32, _ arguments: Arguments) throws(AMQPError) {
    let handle = try usable()
    do { try handle.send(method, arguments) } catch {
      shutDown(error)
      throw error
    }
  }

  func call<Arguments>(_ method: UInt32, _ arguments: Arguments) async throws -> BrokerFrame {
    try send(method, arguments)
    return try await reply(to: method)
  }

  /// Sends a method whose answer concerns nobody.
  private func notify<Arguments>(_ method: UInt32, _ arguments: Arguments) throws(AMQPError) {
    try send(method, arguments)
    expectReply(to: method, .nobody)
  }

  private func reply(to method: UInt32) async throws -> BrokerFrame {
    try await withCheckedThrowingContinuation { expectReply(to: method, .caller($0)) }
  }

  private func expectReply(to method: UInt32, _ receiver: PendingReply.Receiver) {
    // The number of an answer is its question's plus one, for all methods that are used here (AMQP 0-9-1, 1.4).
    replies.append(
      PendingReply(method: method + 1, receiver: receiver, deadline: ContinuousClock.now + options.replyTimeout))
  }

  private func answer(_ method: UInt32, _ frame: BrokerFrame) {
    guard let index = replies.firstIndex(where: { $0.method == method }) else { return }
    switch replies.remove(at: index).receiver {
    case .nobody: break
    case .caller(let continuation): continuation.resume(returning: frame)
    case .cancelledConsumer(let tag): consumers[tag] = nil
    }
  }

  // MARK: - The thread's turn

  /// Reads what has arrived, and says what to wait for.
  fileprivate func pump() -> OwnerThread.Interest {
    guard let handle else { return .init() }
    do {
      // Bounded, so that jobs get their turn under a flood.
      for _ in 0..<256 {
        guard self.handle === handle, let frame = try handle.nextFrame() else { break }
        try receive(frame)
      }
      handle.releaseBuffers()
    } catch {
      shutDown(error)
    }
    expire()
    return self.handle == nil ? .init() : interest(in: handle)
  }

  private func interest(in handle: Handle) -> OwnerThread.Interest {
    if handle.hasBufferedInput { return .init(descriptor: handle.descriptor, timeout: .zero) }
    var timeout = Duration.seconds(max(1, handle.heartbeat)) / 2
    for deadline in [replies.first?.deadline, confirms.nextDeadline].compactMap(\.self) {
      timeout = min(timeout, ContinuousClock.now.duration(to: deadline))
    }
    return .init(descriptor: handle.descriptor, timeout: timeout)
  }

  private func expire() {
    let now = ContinuousClock.now
    for entry in confirms.expired(at: now) {
      let cause = blockedReason.map { "it blocks publishers: \($0)" } ?? "no answer"
      entry.token.resume(
        throwing: AMQPError(.timedOut, "the broker did not confirm a message to \(entry.exchange): \(cause)"))
    }
    if let reply = replies.first, reply.deadline <= now {
      shutDown(AMQPError(.timedOut, "the broker did not answer within \(options.replyTimeout)"))
    }
  }

  private func receive(_ frame: BrokerFrame) throws(AMQPError) {
    switch frame {
    case .connectionClosed(let code, let text):
      try? handle?.sendOnConnection(Method.connectionCloseOk, amqp_connection_close_ok_t())
      throw AMQPError(replyCode: code, text: text)
    case .channelClosed(let code, let text):
      // The broker ignores everything on the channel until it has this answer (AMQP 0-9-1, channel.close).
      try? handle?.send(Method.channelCloseOk, amqp_channel_close_ok_t())
      throw AMQPError(replyCode: code, text: text)
    case .blocked(let reason):
      blockedReason = reason
      logger.warning("the broker blocks publishers", metadata: ["reason": "\(reason)"])
    case .unblocked:
      blockedReason = nil
    case .acknowledged(let tag, let multiple):
      for entry in confirms.settle(tag, multiple: multiple) {
        if let error = entry.returnedWith { entry.token.resume(throwing: error) } else { entry.token.resume() }
      }
    case .rejected(let tag, let multiple):
      for entry in confirms.settle(tag, multiple: multiple) {
        entry.token.resume(
          throwing: AMQPError(.notConfirmed, "the broker refused a message to \(entry.exchange) (basic.nack)"))
      }
    case .consumerCancelled(let tag):
      consumers.removeValue(forKey: tag)?.end(
        AMQPError(.notFound, "the broker cancelled the consumer: its queue is gone"))
    case .delivery, .returned, .contentHeader, .contentBody:
      switch assembler.receive(frame) {
      case .delivery(let delivery, let tag): deliver(delivery, to: tag)
      case .returned(let code, let text, let exchange, let routingKey):
        let error = AMQPError(
          .unroutable, "no queue took a message to \(exchange) with routing key \(routingKey): \(text)",
          replyCode: code)
        confirms.returned(exchange: exchange, routingKey: routingKey, error)
      case nil: break
      }
    case .done(Method.connectionCloseOk):
      throw AMQPError(.closed, "the connection has been closed")
    case .queueDeclared: answer(Method.queueDeclareOk, frame)
    case .done(let method): answer(method, frame)
    case .nothing: break
    }
  }

  private func deliver(_ delivery: Delivery, to consumerTag: String) {
    if let consumer = consumers[consumerTag] {
      consumer.receive(delivery)
    } else {
      // For a consumer that is gone already; nobody else would give it back before the connection ends.
      try? requeue(delivery.deliveryTag)
    }
  }

  private func shutDown(_ error: AMQPError) {
    guard failure == nil else { return }
    failure = error
    handle = nil
    let replies = self.replies
    self.replies.removeAll()
    for case .caller(let continuation) in replies.map(\.receiver) { continuation.resume(throwing: error) }
    for entry in confirms.removeAll() { entry.token.resume(throwing: error) }
    let consumers = self.consumers
    self.consumers.removeAll()
    for consumer in consumers.values { consumer.end(error) }
    thread.stop()
  }
}

/// What the thread calls between its jobs. It does not keep the connection alive.
private final class Turn: Sendable {
  let connection = WeakBox<AMQPConnection>()

  func take() -> OwnerThread.Interest {
    connection.value?.assumeIsolated { $0.pump() } ?? .init()
  }
}
