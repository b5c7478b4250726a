internal import CRabbitMQ
internal import Logging

extension AMQPConnection {
  /// The thread's turn: reads what has arrived, sends what was gathered, and says what to wait for.
  ///
  /// - Parameter isReadable: whether there may be something to read, or a time is over.
  /// - Returns: what to wait for.
  @discardableResult
  func pump(isReadable: Bool = true) -> OwnerThread.Interest {
    guard let handle else { return .init() }
    do {
      if isReadable || handle.hasBufferedInput
        || Moment.now - lastRead > (isDozing ? Self.longestDoze : Self.longestUnread)
      {
        try read(handle)
      }
      // After what has arrived is read: a broker that waits for its own reader would never take what we write (librabbitmq
      // #780).
      prepareSending()
      // What that left for others does not wait until this connection's own has gone.
      thread.sendOutgoing()
      if self.handle === handle {
        if outbox.gathers, Moment.now - outbox.lastSending >= heartbeat(of: handle) / 2 { outbox.addHeartbeat() }
        try handle.flush()
      }
    } catch {
      shutDown(error)
    }
    lookAtSending()
    expire()
    return self.handle == nil ? .init() : interest(in: handle)
  }

  /// After so long the socket is read in any case: librabbitmq sends its heartbeats, where it does, when it reads.
  private static let longestUnread = Duration.milliseconds(250)

  private func heartbeat(of handle: Handle) -> Duration { .seconds(max(1, handle.heartbeat)) }

  private func read(_ handle: Handle) throws(AMQPError) {
    lastRead = .now
    // Heartbeats librabbitmq keeps to itself.
    if lastRead - lastAlive >= heartbeat(of: handle) / 2, handle.hasArrived { lastAlive = lastRead }
    // Bounded, so that jobs get their turn under a flood.
    for _ in 0..<256 {
      guard self.handle === handle, let frame = try handle.nextFrame() else { break }
      lastHeard = lastRead
      lastAlive = lastRead
      try receive(frame)
      // What else is there, poll tells.
      guard self.handle === handle, handle.hasBufferedInput else { break }
    }
    handle.releaseBuffers()
  }

  private func interest(in handle: Handle) -> OwnerThread.Interest {
    if handle.hasBufferedInput { return .init(descriptor: handle.descriptor, timeout: .zero) }
    // What others send meanwhile has a deadline as well.
    var timeout = min(heartbeat(of: handle) / 2, options.replyTimeout)
    // Often enough to see what moves.
    if sending != nil { timeout = min(timeout, options.replyTimeout / 16) }
    for deadline in [nextReplyDeadline, confirmDeadline].compactMap(\.self) {
      timeout = min(timeout, Moment.now.duration(to: deadline))
    }
    isDozing = canDoze()
    if isDozing { return .init(timeout: min(timeout, Self.longestDoze), isDozing: true) }
    return .init(descriptor: handle.descriptor, timeout: timeout)
  }

  /// For so long confirms for which nobody waits lie unread: then they are read together.
  private static let longestDoze = Duration.milliseconds(10)

  /// Whether all that is to come are confirms for which nobody waits: some are outstanding, or have come just now, so that
  /// more will.
  private func canDoze() -> Bool {
    guard consumers.isEmpty, replies.isEmpty, sending == nil, blockedReason == nil else { return false }
    let (isAwaited, oldest, unawaited) = outbox.withLedger { ($0.awaited > 0, $0.oldestSent, $0.unawaited) }
    defer { lastUnawaited = unawaited }
    // One that does not come need not be looked for a hundred times a second.
    let isSoon = oldest.map { Moment.now - $0 < .seconds(1) } ?? (unawaited != lastUnawaited)
    return !isAwaited && isSoon
  }

  private func expire() {
    guard let handle else { return }
    let now = Moment.now
    // Twice the time (AMQP 0-9-1, 4.2.7).
    if outbox.gathers, now - lastAlive > heartbeat(of: handle) * 2, !handle.hasArrived {
      return shutDown(handle.missedHeartbeat)
    }
    if let deadline = nextReplyDeadline, deadline <= now {
      shutDown(AMQPError(.timedOut, "the broker did not answer within \(options.replyTimeout)"))
    } else if let deadline = confirmDeadline, deadline <= now {
      shutDown(AMQPError(.timedOut, "the broker did not confirm a message within \(options.replyTimeout)"))
    }
  }

  private func warnOfConsumerTimeout(_ exception: BrokerException) {
    logger.warning(
      "the broker closed the channel: a delivery was not acknowledged within its consumer_timeout, and comes again",
      metadata: [
        "error": "\(exception.error)",
        "advice": "raise consumer_timeout in rabbitmq.conf above the time of the slowest handler, or limit that time",
      ])
  }

  private func receive(_ frame: BrokerFrame) throws(AMQPError) {
    switch frame {
    case .connectionClosed(let exception):
      try? handle?.sendOnConnection(Method.connectionCloseOk, amqp_connection_close_ok_t())
      try? handle?.flush(isLast: true)
      shutDown(exception.error, culprit: exception.method)
    case .channelClosed(let exception):
      // The broker ignores everything on the channel until it has this answer (AMQP 0-9-1, channel.close).
      try? handle?.send(Method.channelCloseOk, amqp_channel_close_ok_t())
      try? handle?.flush(isLast: true)
      if exception.isConsumerTimeout { warnOfConsumerTimeout(exception) }
      shutDown(exception.error, culprit: exception.method)
    case .blocked(let reason): blocked(reason)
    case .unblocked: unblocked()
    case .acknowledged(let tag, let multiple):
      for entry in outbox.withLedger({ $0.settle(tag, multiple: multiple) }) {
        entry.token.confirmed(entry.returnedWith.map { .failure($0) } ?? .success(()))
      }
    case .rejected(let tag, let multiple):
      for entry in outbox.withLedger({ $0.settle(tag, multiple: multiple) }) {
        entry.token.confirmed(
          .failure(
            AMQPError(
              .notConfirmed, "the broker refused a message to \(entry.exchange) (basic.nack)")))
      }
    case .consumerCancelled(let tag):
      consumers.removeValue(forKey: tag)?.end(
        AMQPError(.notFound, "the broker cancelled the consumer: its queue is gone"))
    case .delivery, .got, .returned, .contentHeader, .contentBody:
      switch assembler.receive(frame) {
      case .delivery(let delivery, let tag): deliver(delivery, to: tag)
      case .got(let delivery): answer(Method.basicGetOk, .message(delivery))
      case .returned(let code, let text, let exchange, let routingKey):
        let error = AMQPError(
          .unroutable, "no queue took a message to \(exchange) with routing key \(routingKey): \(text)",
          replyCode: code)
        let destination = Destination(exchange: exchange, routingKey: routingKey, isSentTo: false)
        outbox.withLedger { $0.returned(from: destination, error) }
      case nil: break
      }
    case .done(Method.connectionCloseOk):
      throw AMQPError(.closed, "the connection has been closed")
    case .queueDeclared: answer(Method.queueDeclareOk, frame)
    case .done(Method.basicGetEmpty): answer(Method.basicGetOk, frame)
    case .done(let method): answer(method, frame)
    case .message, .nothing: break
    }
  }
}

/// What the thread calls between its jobs. It does not keep the connection alive.
final class Turn: Sendable {
  let connection = WeakBox<AMQPConnection>()
  func take(_ isReadable: Bool) -> OwnerThread.Interest {
    connection.value?.assumeIsolated { $0.pump(isReadable: isReadable) } ?? .init()
  }
}
