internal import CRabbitMQ
package import Logging

/// One AMQP 0-9-1 connection with one channel, in confirm mode.
///
/// An actor whose executor is the one thread that librabbitmq allows near the connection. Methods that expect an answer
/// wait without holding the thread. Answers to one method come in the order of its questions; those to different methods
/// need not: RabbitMQ lets the queue itself send consume-ok and cancel-ok, and the channel's own answers overtake them.
///
/// A connection fails as a whole: after any exception of the broker's, also one of the channel alone, it is closed. Who
/// caused the exception gets it as it is, everybody else who waits a `connectionLost`. Whoever needs another opens one.
package actor AMQPConnection {
  let thread: OwnerThread
  let options: ConnectionOptions
  let logger: Logger
  private let address: BrokerAddress

  var handle: Handle?
  /// What the broker says of itself; nil before the connection is open.
  package private(set) var broker: BrokerIdentity?
  private var failure: AMQPError?
  var replies = PendingReplies()
  nonisolated let outbox = Outbox()
  var assembler = ContentAssembler()
  var consumers: [String: Consumer] = [:]
  var consumerCount = 0
  /// Why the broker takes no messages for now (connection.blocked).
  var blockedReason: String?
  var publishersWaiting = WaitingRoom()
  /// What is to be done before what was gathered is sent.
  private var beforeSending: [@Sendable () -> Void] = []
  /// When it last took messages again.
  var unblockedAt: Moment?
  private var isClosing = false
  private nonisolated let ended = Mailbox<Bool>()
  /// When the broker last said something, heartbeats left out: librabbitmq keeps them to itself.
  var lastHeard = Moment.now
  /// When the broker last sent anything, heartbeats as well.
  var lastAlive = Moment.now
  /// When the socket was last read.
  var lastRead = Moment.now
  /// Whether what arrives may lie unread for some milliseconds.
  var isDozing = false
  /// How many confirms had come by its last turn for which nobody waited.
  var lastUnawaited = 0
  /// When some of a large message last arrived at the broker's system.
  var lastMoved = Moment.now
  /// What becomes of a large message that has not yet.
  var sending: SendProgress?
  /// When the large messages that are not confirmed have arrived at the broker, on the slowest line.
  var arrival: Moment?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Connects, logs in and opens the channel.
  ///
  /// - Throws: ``AMQPError`` with `unreachable`, `handshakeFailed`, `untrusted`, `authenticationFailed`,
  ///   `unknownVirtualHost`, `accessRefused` or `resources`.
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
    thread = try OwnerThread { turn.take($0) }
    turn.connection.set(self)
  }

  deinit {
    // What another thread is about to send for it must not go to a descriptor that is somebody else's by then.
    _ = outbox.close()
    // Nobody can call any more, and the thread finds no connection in its turn: it has only to end.
    thread.stop()
  }

  private func start() async throws {
    do {
      handle = try Handle(address, options, outbox)
      broker = handle?.broker
      lastAlive = .now
      _ = try await call(Method.channelOpen, amqp_channel_open_t(out_of_band: amqp_empty_bytes))
      _ = try await call(Method.confirmSelect, amqp_confirm_select_t(nowait: 0))
    } catch {
      shutDown(error as? AMQPError ?? AMQPError(.closed, "\(error)"))
      throw error
    }
    logger.debug("connected", metadata: ["broker": "\(address.place)", "name": "\(options.name)"])
  }

  /// Whether the connection can still be used.
  package var isOpen: Bool { handle != nil }

  /// Whether the connection has ended, without waiting for its thread's turn to learn it.
  package nonisolated var isOver: Bool { ended.value != nil }

  /// Closes in an orderly way: waits for the broker's close-ok, but no longer than the reply timeout. Everybody who
  /// still waits on this connection gets an error.
  package func close() async {
    guard handle != nil else { return }
    prepareSending()
    isClosing = true
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
    drop()
  }

  /// Ends the connection without a word to the broker. Everybody who still waits on it gets an error.
  package func drop() { shutDown(AMQPError(.closed, "the connection has been closed")) }

  /// Has the connection's thread do something, in order with what tasks ask of it.
  package nonisolated func submit(_ work: @escaping @Sendable (isolated AMQPConnection) -> Void) {
    thread.submit { [self] in assumeIsolated(work) }
  }

  /// Does something once, when what has arrived is read: what is gathered until then can be said in one.
  /// When the connection has ended, that is at once.
  package func beforeSending(_ work: @escaping @Sendable () -> Void) {
    if handle == nil { work() } else { beforeSending.append(work) }
  }

  func prepareSending() {
    guard !beforeSending.isEmpty else { return }
    let work = beforeSending
    beforeSending.removeAll(keepingCapacity: true)
    for work in work { work() }
  }

  // MARK: - Methods and answers

  func usable() throws(AMQPError) -> Handle {
    if let handle { return handle }
    throw failure ?? AMQPError(.closed, "the connection is not open")
  }

  func send<Arguments>(_ method: UInt32, _ arguments: Arguments) throws(AMQPError) {
    try sending { (handle) throws(AMQPError) in try handle.send(method, arguments) }
  }

  /// Sends something; what fails ends the connection.
  func sending<Value>(_ send: (Handle) throws(AMQPError) -> Value) throws(AMQPError) -> Value {
    let handle = try usable()
    do { return try send(handle) } catch {
      shutDown(error)
      throw error
    }
  }

  func call<Arguments>(_ method: UInt32, _ arguments: Arguments) async throws -> BrokerFrame {
    try send(method, arguments)
    return try await reply(to: method)
  }

  func reply(to method: UInt32) async throws -> BrokerFrame {
    try await withCheckedThrowingContinuation { continuation in
      expectReply(to: method) { continuation.resume(with: $0) }
    }
  }

  /// Someone, or nobody, is told what answers a method just sent.
  func expectReply(to method: UInt32, _ receive: @escaping PendingReplies.Receiver = { _ in }) {
    replies.expect(method, by: .now + options.replyTimeout, receive)
  }

  func answer(_ method: UInt32, _ frame: BrokerFrame) { replies.take(answer: method)?(.success(frame)) }

  /// The time at which silence about a method becomes the connection's end. A broker that blocks publishers does not even
  /// read what they ask, and one at the end of a slow line not before what was sent earlier.
  var nextReplyDeadline: Moment? {
    guard blockedReason == nil || isClosing, let deadline = replies.nextDeadline else { return nil }
    return max(deadline, max(latestArrival, unblockedAt ?? latestArrival) + options.replyTimeout)
  }

  // MARK: - The end

  /// Ends the connection; `culprit` is the method that the broker took exception to.
  func shutDown(_ error: AMQPError, culprit: UInt32 = 0) {
    guard failure == nil else { return }
    let bystanders = error.toBystanders
    failure = bystanders
    ended.set(true)
    // Before the socket is closed: it may be another's then.
    let unconfirmed = outbox.close()
    handle = nil
    sending = nil
    // Whatever it blocks, it is not this connection: nobody may wait for that any longer.
    blockedReason = nil
    // Who gathered something learns that it cannot be sent.
    prepareSending()
    // Told first: who is resumed below asks for another connection at once.
    options.observe(.ended(error))
    // The broker works through them in order, so the first of its kind is the one.
    if culprit != 0, let receive = replies.take(answer: culprit + 1) { receive(.failure(error)) }
    for receive in replies.takeAll() { receive(.failure(bystanders)) }
    // It may be one whose sender waits no longer.
    for entry in unconfirmed.messages {
      let isCulprit =
        culprit == Method.basicPublish && (error.code != .messageTooLarge || entry.size == unconfirmed.largest)
      entry.token.confirmed(.failure(isCulprit ? error : bystanders))
    }
    publishersWaiting.leave(throwing: bystanders)
    let consumers = self.consumers
    self.consumers.removeAll()
    for consumer in consumers.values { consumer.end(bystanders) }
    thread.stop()
  }
}
