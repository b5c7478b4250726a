internal import CRabbitMQ

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A librabbitmq connection with its one channel. Only its owner thread may use it.
///
/// One channel per connection: `amqp_simple_wait_frame` and the calls built on it may drop or reorder frames of others.
final class Handle {
  static let channel: amqp_channel_t = 1

  private let state: amqp_connection_state_t
  private let sendTimeout: Duration
  /// What is sent with the next ``flush()``; nothing where librabbitmq alone can write to the socket, which is TLS.
  private let outbox: Outbox
  /// The heartbeat that was agreed on, in seconds.
  private(set) var heartbeat = 0

  /// Connects and logs in.
  ///
  /// - Throws: ``AMQPError`` with `unreachable`, `handshakeFailed`, `accessRefused` or `notFound`.
  init(_ address: BrokerAddress, _ options: ConnectionOptions, _ outbox: Outbox) throws(AMQPError) {
    guard let state = amqp_new_connection() else { throw AMQPError(.resources, "no memory for a connection") }
    self.state = state
    sendTimeout = options.replyTimeout
    self.outbox = outbox
    try open(address, options)
    try login(address, options)
    heartbeat = Int(amqp_get_heartbeat(state))
    guard !address.usesTLS else { return }
    // From now on heartbeats are sent and missed by the connection: librabbitmq's would go into the middle of frames.
    let status = amqp_tune_connection(state, amqp_get_channel_max(state), amqp_get_frame_max(state), 0)
    guard status == 0 else { throw lost(status) }
    outbox.open(descriptor, frameMax: frameMax)
  }

  /// Connects, to hear what the broker says first.
  init(connecting address: BrokerAddress, _ options: ConnectionOptions) throws(AMQPError) {
    guard let state = amqp_new_connection() else { throw AMQPError(.resources, "no memory for a connection") }
    self.state = state
    sendTimeout = options.replyTimeout
    outbox = Outbox()
    try open(address, options)
  }

  deinit { amqp_destroy_connection(state) }

  private func open(_ address: BrokerAddress, _ options: ConnectionOptions) throws(AMQPError) {
    guard (1...65535).contains(address.port) else {
      throw AMQPError(.unreachable, "cannot connect to \(address.host): there is no port \(address.port)")
    }
    let socket = try address.usesTLS ? TLSSocket.make(state, options.tls) : amqp_tcp_socket_new(state)
    guard let socket else { throw AMQPError(.resources, "no memory for a socket") }
    var timeout = timeval(options.connectTimeout)
    errno = 0
    let status = amqp_socket_open_noblock(socket, address.host, Int32(address.port), &timeout)
    let cause = errno
    guard status == 0 else {
      if cause == EMFILE || cause == ENFILE {
        throw AMQPError(
          .resources, "no descriptor for a connection to \(address.place): \(String(cString: strerror(cause)))")
      }
      // librabbitmq connects without blocking and keeps the reason (SO_ERROR) to itself; errno says EINPROGRESS.
      if let error = TLSSocket.error(status, address.place, text(status)) {
        let isPlainPort = error.code == .handshakeFailed && address.port == 5672
        throw isPlainPort ? AMQPError(error.code, "\(error.message); 5672 is the port without TLS, for amqp") : error
      }
      let cause =
        status == AMQP_STATUS_SOCKET_ERROR.rawValue ? "connection refused, or no way there" : text(status)
      throw AMQPError(.unreachable, "cannot connect to \(address.place): \(cause)")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  private func login(_ address: BrokerAddress, _ options: ConnectionOptions) throws(AMQPError) {
    // 0 would ask for none.
    precondition(options.heartbeat > 0, "a connection without heartbeats does not notice a dead peer")
    var timeout = timeval(options.handshakeTimeout)
    amqp_set_handshake_timeout(state, &timeout)

    let arena = Arena()
    defer { extendLifetime(arena) }
    // Without these two the broker neither says that it blocks publishers nor that it cancelled a consumer.
    let capabilities = arena.table([
      ("connection.blocked", arena.value(true)), ("consumer_cancel_notify", arena.value(true)),
    ])
    var properties = arena.table([
      ("connection_name", arena.value(options.name)), ("capabilities", arena.value(capabilities)),
    ])
    let (heartbeat, frameMax) = (Int32(options.heartbeat), Int32(131072))
    let reply =
      switch options.authentication {
      case .plain:
        syrpc_amqp_login_plain(
          state, address.virtualHost, 0, frameMax, heartbeat, &properties, address.user, address.password)
      case .external:
        // RabbitMQ goes by the certificate alone; but an empty identity librabbitmq takes for lack of memory.
        syrpc_amqp_login_external(
          state, address.virtualHost, 0, frameMax, heartbeat, &properties, address.user.isEmpty ? "-" : address.user)
      }
    guard reply.reply_type != AMQP_RESPONSE_NORMAL else { return }

    if reply.library_error == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD.rawValue {
      throw Self.unsupported(options.authentication, address, options)
    }
    if reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION {
      if reply.reply.id == Method.connectionClose,
        let close = reply.reply.decoded?.load(as: amqp_connection_close_t.self)
      {
        throw BrokerException(close).handshakeError(at: address)
      }
      throw AMQPError(.handshakeFailed, "\(address.place) broke off the AMQP handshake")
    }
    var cause = text(reply.library_error)
    if !address.usesTLS {
      cause += "; if that is a port for TLS, the address begins with amqps"
    } else if let failure = TLSSocket.failure {
      cause = failure
    } else if options.tls.clientCertificate == nil {
      // Since TLS 1.3 the broker refuses after the client is done, and its alert may be lost when it closes at once.
      cause += "; a broker that wants a client certificate breaks off like this"
    }
    throw AMQPError(.handshakeFailed, "no AMQP handshake with \(address.place): \(cause)")
  }

  /// What the broker said of itself. Strings alone count: what is of another type is as good as not told.
  var broker: BrokerIdentity {
    let properties = amqp_get_server_properties(state).pointee
    func text(_ name: String) -> String {
      for entry in UnsafeBufferPointer(start: properties.entries, count: Int(properties.num_entries))
      where entry.key.string == name && entry.value.kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue) {
        return entry.value.value.bytes.string
      }
      return ""
    }
    return BrokerIdentity(product: text("product"), version: text("version"))
  }

  /// Sends the protocol header, and reads the mechanisms of connection.start. Of no use for anything else then.
  func mechanisms(within limit: Duration) -> String? {
    var timeout = timeval(limit)
    var frame = amqp_frame_t()
    guard amqp_send_header(state) == 0,
      amqp_simple_wait_frame_noblock(state, &frame, &timeout) == 0,
      Int32(frame.frame_type) == AMQP_FRAME_METHOD
    else { return nil }
    let method = syrpc_amqp_frame_method(&frame)
    guard method.id == Method.connectionStart, let start = method.decoded?.load(as: amqp_connection_start_t.self)
    else { return nil }
    return start.mechanisms.string
  }

  // MARK: - Receiving

  /// The socket, to wait on.
  var descriptor: Int32 { amqp_get_sockfd(state) }

  /// Whether there is something to read that `poll` on the socket does not show.
  var hasBufferedInput: Bool { amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0 }

  /// Whether something has arrived that was not read.
  var hasArrived: Bool {
    var bytes: Int32 = 0
    return ioctl(descriptor, UInt(FIONREAD), &bytes) == 0 && bytes > 0
  }

  /// The largest frame that was agreed on, in bytes.
  var frameMax: Int { Int(amqp_get_frame_max(state)) }

  /// The next frame, if one is there; sends a heartbeat if one is due. Never waits.
  ///
  /// - Throws: ``AMQPError`` with `connectionLost`; the handle is of no use afterwards.
  func nextFrame() throws(AMQPError) -> BrokerFrame? {
    var frame = amqp_frame_t()
    var noWait = timeval()
    let status = amqp_simple_wait_frame_noblock(state, &frame, &noWait)
    switch status {
    case AMQP_STATUS_OK.rawValue: return BrokerFrame(&frame)
    case AMQP_STATUS_TIMEOUT.rawValue: return nil
    default: throw lost(status)
    }
  }

  /// Gives back the memory of the frames read; everything must have been copied.
  func releaseBuffers() { amqp_maybe_release_buffers(state) }

  // MARK: - Sending

  /// Sends a method on the channel, with the next ``flush()`` at the latest.
  ///
  /// - Throws: ``AMQPError`` with `connectionLost`, or `timedOut` if the broker reads no more.
  func send<Arguments>(_ method: UInt32, _ arguments: Arguments) throws(AMQPError) {
    try send(method, arguments, channel: Self.channel)
  }

  /// Sends a method that concerns the connection as a whole, with the next ``flush()`` at the latest.
  ///
  /// - Throws: ``AMQPError`` with `connectionLost`, or `timedOut` if the broker reads no more.
  func sendOnConnection<Arguments>(_ method: UInt32, _ arguments: Arguments) throws(AMQPError) {
    try send(method, arguments, channel: 0)
  }

  private func send<Arguments>(_ method: UInt32, _ arguments: Arguments, channel: amqp_channel_t) throws(AMQPError) {
    var arguments = arguments
    guard outbox.gathers else {
      return try sending(0) {
        withUnsafeMutablePointer(to: &arguments) { amqp_send_method(state, channel, method, $0) }
      }
    }
    let (status, count) = withUnsafeMutablePointer(to: &arguments) { outbox.add(method: method, $0, channel: channel) }
    guard status == 0 else { throw lost(status) }
    try flushIfMuch(count)
  }

  private func flushIfMuch(_ count: Int) throws(AMQPError) { if count > Self.muchOutput { try flush() } }

  /// So much is not gathered any longer, in bytes.
  private static let muchOutput = 1 << 18

  /// Sends what was gathered, unless another thread is at it. Waits while the socket takes nothing, as long as something
  /// moves.
  ///
  /// - Parameter isLast: whether nothing will be sent afterwards: then whoever sends is waited for.
  /// - Throws: ``AMQPError`` with `connectionLost`, or `timedOut` if the broker reads no more; the handle is of no use
  ///   afterwards.
  func flush(isLast: Bool = false) throws(AMQPError) {
    guard outbox.gathers else { return }
    switch outbox.flush(within: sendTimeout, isLast: isLast) {
    case .done: break
    case .stalled:
      throw AMQPError(.timedOut, "the broker did not take what was sent to it within \(sendTimeout)")
    case .failed: throw lost(AMQP_STATUS_SOCKET_ERROR.rawValue)
    }
  }

  /// The broker has not sent its heartbeats.
  var missedHeartbeat: AMQPError { lost(AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue) }

  /// Sends what is about `size` bytes, within the time for an answer.
  private func sending(_ size: Int, _ send: () -> Int32) throws(AMQPError) {
    var status: Int32
    // What is small and finds the socket writable does not block: there is room for a third of its buffer.
    if size <= 2048, isWritable {
      status = send()
    } else {
      let watchdog = SendWatchdog(descriptor, after: sendTimeout)
      status = send()
      if watchdog.hasFired() {
        throw AMQPError(.timedOut, "the broker did not take what was sent to it within \(sendTimeout)")
      }
    }
    guard status == 0 else { throw lost(status) }
  }

  private var isWritable: Bool {
    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&polled, 1, 0) == 1
  }

  /// Whether a message with a body of so many bytes waits for the next ``flush()``; if not, it is sent at once.
  func gathers(_ size: Int) -> Bool { outbox.gathers && size <= Outbox.mostCopied }

  /// Sends a message that begins as its destination has it, with the next ``flush()``.
  ///
  /// - Returns: its delivery tag; nil if it is to be sent otherwise.
  func publish(
    _ body: [UInt8], to destination: Destination, confirmed: @escaping ConfirmReceiver
  ) throws(AMQPError) -> UInt64? {
    guard gathers(body.count), let head = destination.head else { return nil }
    let (count, tag) = outbox.add(body, head, to: destination, channel: Self.channel, confirmed: confirmed)
    try flushIfMuch(count, forgetting: tag)
    return tag
  }

  /// Sends a message, with the next ``flush()`` at the latest: basic.publish, its header and its body in as many frames as
  /// it takes.
  ///
  /// - Returns: its delivery tag.
  /// - Throws: ``AMQPError`` with `connectionLost`, or `timedOut` if the broker reads no more; `confirmed` is not told then.
  func publish(
    _ body: [UInt8], _ message: Outbox.Message, confirmed: @escaping ConfirmReceiver
  ) throws(AMQPError) -> UInt64 {
    if gathers(body.count) {
      let (status, count, tag) = outbox.add(body, message, channel: Self.channel, confirmed: confirmed)
      guard status == 0 else { throw lost(status) }
      try flushIfMuch(count, forgetting: tag)
      return tag
    }
    var held: UInt64?
    while held == nil {
      try flush()
      held = outbox.hold(for: body, to: message.destination, confirmed: confirmed)
    }
    defer { outbox.release() }
    let arguments = message.arguments
    var properties = message.properties
    let tag = held ?? 0
    do {
      try sending(body.count) {
        var body = body
        return body.withUnsafeMutableBytes { bytes in
          amqp_basic_publish(
            state, Self.channel, arguments.exchange, arguments.routing_key, arguments.mandatory, 0, &properties,
            amqp_bytes_t(len: bytes.count, bytes: bytes.baseAddress))
        }
      }
    } catch {
      _ = outbox.withLedger { $0.remove(tag) }
      throw error
    }
    return tag
  }

  private func flushIfMuch(_ count: Int, forgetting tag: UInt64) throws(AMQPError) {
    do { try flushIfMuch(count) } catch {
      _ = outbox.withLedger { $0.remove(tag) }
      throw error
    }
  }

  private func lost(_ status: Int32) -> AMQPError {
    AMQPError(.connectionLost, "the connection to the broker was lost: \(text(status))")
  }

  private func text(_ status: Int32) -> String { String(cString: amqp_error_string2(status)) }
}

extension timeval {
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init()
    tv_sec = .init(seconds)
    tv_usec = .init(attoseconds / 1_000_000_000_000)
  }
}
