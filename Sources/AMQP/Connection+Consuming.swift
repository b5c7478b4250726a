internal import CRabbitMQ

/// Who is told of a consumer's messages and of its end.
struct Consumer {
  let receive: @Sendable (Delivery) -> Void
  let end: @Sendable (AMQPError) -> Void
  /// Whether the broker has said consume-ok.
  var isKnown = false
  /// Whether it is to be cancelled then.
  var isUnwanted = false
}

extension AMQPConnection {
  /// Starts a consumer with manual acknowledgement.
  ///
  /// - Parameters:
  ///   - queue: the queue to consume.
  ///   - prefetch: how many messages may be unacknowledged at a time; 0 for any number.
  ///   - receive: called on this connection's executor for each message.
  ///   - end: called on this connection's executor when the broker refuses or cancels the consumer, or the connection
  ///     fails.
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
    try send(Method.basicQos, amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0))
    expectReply(to: Method.basicQos)
    try send(
      Method.basicConsume,
      amqp_basic_consume_t(
        ticket: 0, queue: arena.bytes(queue), consumer_tag: arena.bytes(tag), no_local: 0, no_ack: 0, exclusive: 0,
        nowait: 0, arguments: amqp_empty_table))
    consumers[tag] = Consumer(receive: receive, end: end)
    expectReply(to: Method.basicConsume) { [weak self] outcome in
      self?.assumeIsolated { $0.consumed(tag, outcome) }
    }
    return tag
  }

  private func consumed(_ tag: String, _ outcome: Result<BrokerFrame, AMQPError>) {
    switch outcome {
    case .failure(let error): consumers.removeValue(forKey: tag)?.end(error)
    case .success:
      consumers[tag]?.isKnown = true
      // A failure is the connection's, which tells all consumers.
      if consumers[tag]?.isUnwanted == true { try? cancel(tag) }
    }
  }

  /// Cancels a consumer. What the broker has sent before it reads this is still handed over; messages that are
  /// acknowledged after this call make room for no new ones.
  ///
  /// It is sent when the broker has said consume-ok, before which a classic queue delivers nothing. RabbitMQ's channel looks
  /// the consumer up once more to say it, and closes the connection with an internal error (541) if it is cancelled by
  /// then (seen with 3.10.8: `badkey` on a `basic.consume_ok` command in the broker's log).
  package func cancel(_ consumerTag: String) throws {
    if let consumer = consumers[consumerTag], !consumer.isKnown {
      consumers[consumerTag]?.isUnwanted = true
      return
    }
    let arena = Arena()
    defer { extendLifetime(arena) }
    try send(Method.basicCancel, amqp_basic_cancel_t(consumer_tag: arena.bytes(consumerTag), nowait: 0))
    expectReply(to: Method.basicCancel) { [weak self] outcome in
      guard case .success = outcome else { return }
      self?.assumeIsolated { $0.consumers[consumerTag] = nil }
    }
  }

  /// Acknowledges one message.
  package func acknowledge(_ deliveryTag: UInt64) throws {
    try send(Method.basicAck, amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: 0))
  }

  /// Acknowledges every message up to this one that is not settled yet, whichever consumer of this connection has it.
  package func acknowledge(upTo deliveryTag: UInt64) throws {
    try send(Method.basicAck, amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: 1))
  }

  /// Acknowledges one message, or every one up to it that is not settled yet, from any thread.
  ///
  /// - Returns: false if that cannot be done: nothing was sent.
  package nonisolated func acknowledgeAtOnce(_ deliveryTag: UInt64, multiple: Bool) -> Bool {
    outbox.post(
      method: Method.basicAck, amqp_basic_ack_t(delivery_tag: deliveryTag, multiple: multiple ? 1 : 0),
      channel: Handle.channel, thread)
  }

  /// Gives one message back to its queue.
  package func requeue(_ deliveryTag: UInt64) throws {
    try send(Method.basicReject, amqp_basic_reject_t(delivery_tag: deliveryTag, requeue: 1))
  }

  /// Gives back every message up to this one that is not settled yet, whichever consumer of this connection has it.
  package func requeue(upTo deliveryTag: UInt64) throws {
    try send(Method.basicNack, amqp_basic_nack_t(delivery_tag: deliveryTag, multiple: 1, requeue: 1))
  }

  /// Takes the next messages of a queue without consuming it, to be acknowledged or given back.
  ///
  /// - Parameters:
  ///   - queue: the queue.
  ///   - count: how many to ask for, all at once.
  ///   - receive: called on this connection's executor for each message, in order with those of consumers.
  /// - Returns: how many came; fewer than `count` if the queue had no more.
  /// - Throws: ``AMQPError``; what has come by then goes back with the connection.
  package func get(
    _ queue: String, atMost count: Int, receive: @escaping @Sendable (Delivery) -> Void
  ) async throws -> Int {
    let arena = Arena()
    defer { extendLifetime(arena) }
    for _ in 0..<count {
      try send(Method.basicGet, amqp_basic_get_t(ticket: 0, queue: arena.bytes(queue), no_ack: 0))
    }
    return try await withCheckedThrowingContinuation { continuation in
      let answers = GetAnswers(count, receive, continuation)
      for _ in 0..<count { expectReply(to: Method.basicGet) { answers.add($0) } }
    }
  }

  func deliver(_ delivery: Delivery, to consumerTag: String) {
    if let consumer = consumers[consumerTag] {
      consumer.receive(delivery)
    } else {
      // For a consumer that is gone already; nobody else would give it back before the connection ends.
      try? requeue(delivery.deliveryTag)
    }
  }
}
