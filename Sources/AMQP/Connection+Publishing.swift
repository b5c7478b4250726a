internal import CRabbitMQ
internal import Logging
internal import SyRPCWire

/// Told whether the broker has taken a message.
package typealias ConfirmReceiver = @Sendable (Result<Void, any Error>) -> Void

/// Who has sent a message. A closure by itself is wrapped anew wherever any type may be.
struct Sender: Sendable {
  let confirmed: ConfirmReceiver
}

extension AMQPConnection {
  /// Publishes a persistent, mandatory JSON message and waits until the broker has confirmed it.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - headers: sent along; the property is left out if there are none.
  ///   - contentType: what the body is said to be. SyRPC has one; what else may come is for those who test readers.
  /// - Throws: ``AMQPError``: `unroutable` if it reached no queue, `notConfirmed`, `messageTooLarge`, `accessRefused`,
  ///   `blocked` if the broker blocks publishers and that is not to be waited out, `connectionLost`, `timedOut`; and
  ///   `CancellationError`. After the last four it may or may not arrive; if the task was cancelled before, it is not
  ///   sent.
  package func publish(
    _ body: [UInt8], to destination: Destination, headers: [String: String] = [:],
    contentType: String = MessageProperties.contentType
  ) async throws {
    try Task.checkCancellation()
    // What is sent at once is sent after what has arrived is read: a broker that waits for its own reader would never take it
    // (librabbitmq #780).
    if !gathers(body.count) { pump() }
    try await waitWhileBlocked()
    let tag = Mailbox<UInt64>()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        do {
          tag.set(
            try post(
              body, to: destination, headers: headers, contentType: contentType
            ) {
              continuation.resume(with: $0)
            })
          if Task.isCancelled { giveUp(tag) }
        } catch { continuation.resume(throwing: error) }
      }
    } onCancel: {
      Task { await self.giveUp(tag) }
    }
  }

  /// As ``publish(_:to:headers:contentType:)``, for a place to which not much goes.
  package func publish(
    _ body: [UInt8], to exchange: String, routingKey: String, headers: [String: String] = [:],
    contentType: String = MessageProperties.contentType
  ) async throws {
    try await publish(
      body, to: Destination(exchange: exchange, routingKey: routingKey), headers: headers, contentType: contentType)
  }

  /// Publishes a persistent, mandatory JSON message without waiting. Ask ``canPost(_:)`` before.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - headers: sent along; the property is left out if there are none.
  ///   - contentType: what the body is said to be.
  ///   - confirmed: told on this connection's executor what has become of it, as
  ///     ``publish(_:to:headers:contentType:)`` throws it.
  /// - Returns: the message's delivery tag.
  /// - Throws: ``AMQPError`` if it cannot be sent; `confirmed` is not told then.
  @discardableResult
  package func post(
    _ body: [UInt8], to destination: Destination, headers: [String: String] = [:],
    contentType: String = MessageProperties.contentType, confirmed: @escaping ConfirmReceiver
  ) throws(AMQPError) -> UInt64 {
    if headers.isEmpty, contentType == MessageProperties.contentType,
      let tag = try sending({ (handle) throws(AMQPError) in
        try handle.publish(body, to: destination, confirmed: confirmed)
      })
    {
      return tag
    }
    let arena = Arena()
    defer { extendLifetime(arena) }
    let message = Outbox.Message(
      destination: destination, arguments: destination.arguments(arena),
      properties: Destination.properties(contentType: contentType, headers: headers, arena))
    let tag = try sending { (handle) throws(AMQPError) in try handle.publish(body, message, confirmed: confirmed) }
    if body.count > Self.smallBody { watchSending(body.count) }
    return tag
  }

  /// Publishes a small message without headers at once, from any thread.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - isAwaited: whether somebody waits for the confirm; if not, it may be read some milliseconds later.
  ///   - confirmed: told on this connection's executor what has become of it, as
  ///     ``publish(_:to:headers:contentType:)`` throws it.
  /// - Returns: false if that cannot be done: nothing was sent, and `confirmed` is not told.
  package nonisolated func postAtOnce(
    _ body: [UInt8], to destination: Destination, isAwaited: Bool = true, confirmed: @escaping ConfirmReceiver
  ) -> Bool {
    outbox.post(
      body, to: destination, channel: Handle.channel, thread, isAwaited: isAwaited, confirmed: confirmed)
  }

  /// Whether a message of so many bytes can be posted now: the broker takes it, and writing it holds nobody up.
  package func canPost(_ size: Int) -> Bool { blockedReason == nil && gathers(size) }

  private func gathers(_ size: Int) -> Bool { handle?.gathers(size) ?? true }

  /// Up to so many bytes a message is with the broker as soon as anything is.
  static var smallBody: Int { 16_384 }
  /// The slowest line for which a large message is waited for, in bytes a second.
  private static var slowestLine: Int { 16_384 }

  /// Notes that something large is on its way.
  private func watchSending(_ size: Int) {
    let now = Moment.now
    // Most of it may have passed while it was written.
    lastMoved = now
    sending = handle.flatMap { SendProgress($0.descriptor, at: now) }
    // A proxy in between may take all of it at once.
    arrival = max(arrival ?? now, now) + .seconds(1) * (Double(size) / Double(Self.slowestLine))
  }

  /// Looks how far what was sent has come.
  func lookAtSending() {
    // What is confirmed has arrived.
    if arrival != nil, outbox.withLedger({ $0.oldestSent }) == nil { arrival = nil }
    guard var progress = sending else { return }
    let isPending = progress.look(at: .now)
    lastMoved = max(lastMoved, progress.lastMoved)
    sending = isPending ? progress : nil
  }

  /// When what was sent so far has arrived at the broker, at the latest, unless it is lost.
  var latestArrival: Moment { max(lastMoved, arrival ?? lastMoved) }

  private func giveUp(_ tag: Mailbox<UInt64>) {
    guard let tag = tag.value, let entry = outbox.withLedger({ $0.remove(tag) }) else { return }
    entry.token.confirmed(.failure(CancellationError()))
  }

  // MARK: - connection.blocked

  /// Waits until the broker accepts publishes again, or throws if `whenBlocked` is `.fail`. Call it before a publish, and send
  /// no other method first: a broker in alarm stops reading from this socket.
  ///
  /// - Throws: ``AMQPError`` with `blocked`, or as the connection's end has it; `CancellationError`.
  package func waitWhileBlocked() async throws {
    while let reason = blockedReason { try await waitUntilUnblocked(reason) }
  }

  /// A broker that blocks publishers reads nothing more from this socket: what is written fills its buffer, and then
  /// holds up the thread.
  private func waitUntilUnblocked(_ reason: String) async throws {
    if options.whenBlocked == .fail { throw Self.blocked(reason) }
    let ticket = publishersWaiting.ticket()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        publishersWaiting.enter(ticket, continuation)
        if Task.isCancelled { publishersWaiting.leave(ticket, throwing: CancellationError()) }
      }
    } onCancel: {
      Task { await self.leave(ticket) }
    }
  }

  private func leave(_ ticket: Int) { publishersWaiting.leave(ticket, throwing: CancellationError()) }

  func blocked(_ reason: String) {
    blockedReason = reason
    outbox.block(true)
    logger.warning("the broker blocks publishers", metadata: ["reason": "\(reason)"])
    options.observe(.blocked(reason: reason))
    guard options.whenBlocked == .fail else { return }
    for entry in outbox.withLedger({ $0.removeSenders() }) { entry.token.confirmed(.failure(Self.blocked(reason))) }
  }

  func unblocked() {
    blockedReason = nil
    outbox.block(false)
    // Its silence until now was not ours to complain about.
    lastHeard = .now
    unblockedAt = .now
    logger.notice("the broker takes messages again")
    options.observe(.unblocked)
    publishersWaiting.leave()
  }

  private static func blocked(_ reason: String) -> AMQPError {
    AMQPError(.blocked, "the broker blocks publishers: \(reason)")
  }

  /// The time at which silence about a message just sent becomes the connection's end.
  var confirmDeadline: Moment? {
    guard blockedReason == nil, let sent = outbox.withLedger({ $0.oldestSent }) else { return nil }
    return max(sent, lastHeard, latestArrival) + options.replyTimeout
  }
}
