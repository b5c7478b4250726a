import AMQP
import SyRPCWire
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(3)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ConsumerTests {
  private typealias Events = AsyncStream<Result<Delivery, AMQPError>>

  /// Consumes, with what happens as a stream.
  private func consume(
    _ queue: String, on connection: AMQPConnection, prefetch: UInt16 = 0
  ) async throws -> (tag: String, events: Events.Iterator) {
    let (events, sink) = Events.makeStream()
    let tag = try await connection.consume(
      queue, prefetch: prefetch, receive: { sink.yield(.success($0)) }, end: { sink.yield(.failure($0)) })
    return (tag, events.makeAsyncIterator())
  }

  @Test func aBigBodyComesAsItWent() async throws {
    try await withQueue { connection, binding in
      // Three frames and a bit.
      let body = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 12) }
      try await connection.publish(body, to: binding.exchange, routingKey: binding.routingKey)
      try await connection.publish([], to: binding.exchange, routingKey: binding.routingKey)
      var (_, events) = try await consume(binding.queue, on: connection)
      let first = try #require(await events.next()).get()
      #expect(first.body == body)
      let second = try #require(await events.next()).get()
      #expect(second.body == [])
      try await connection.acknowledge(first.deliveryTag)
      try await connection.acknowledge(second.deliveryTag)
    }
  }

  @Test func whatIsGivenBackComesAgain() async throws {
    try await withQueue { connection, binding in
      try await connection.publish([7], to: binding.exchange, routingKey: binding.routingKey)
      var (tag, events) = try await consume(binding.queue, on: connection)
      let first = try #require(await events.next()).get()
      #expect(!first.redelivered)
      try await connection.requeue(first.deliveryTag)
      let second = try #require(await events.next()).get()
      #expect(second.redelivered)
      #expect(second.body == [7])
      try await connection.acknowledge(second.deliveryTag)
      try await connection.cancel(tag)
      try await expectQueue(binding.queue, on: connection, consumers: 0)
      try await expectQueue(binding.queue, on: connection, messages: 0)
    }
  }

  @Test func prefetchBoundsWhatIsUnacknowledged() async throws {
    try await withQueue { connection, binding in
      for number in 0..<5 as Range<UInt8> {
        try await connection.publish([number], to: binding.exchange, routingKey: binding.routingKey)
      }
      var (_, events) = try await consume(binding.queue, on: connection, prefetch: 2)
      let first = try #require(await events.next()).get()
      _ = await events.next()
      try await expectQueue(binding.queue, on: connection, messages: 3)
      try await connection.acknowledge(first.deliveryTag)
      _ = await events.next()
      try await expectQueue(binding.queue, on: connection, messages: 2)
    }
  }

  /// Sent at once after basic.consume, basic.cancel may overtake what the broker still has to do for that.
  @Test func aConsumerCanBeCancelledAtOnce() async throws {
    try await withQueue { connection, binding in
      for _ in 0..<200 {
        let (tag, _) = try await consume(binding.queue, on: connection)
        try await connection.cancel(tag)
      }
      try await expectQueue(binding.queue, on: connection, consumers: 0)
      #expect(await connection.isOpen)
    }
  }

  @Test func aConsumerIsToldThatItsQueueWasDeleted() async throws {
    try await withQueue { connection, binding in
      var (_, events) = try await consume(binding.queue, on: connection)
      let other = try await connect()
      try await other.deleteQueue(binding.queue)
      await other.close()
      let event = await events.next()
      let error = #expect(throws: AMQPError.self) { try event?.get() }
      #expect(error?.code == .notFound)
      #expect(await connection.isOpen)
    }
  }

  @Test func aConsumerIsToldThatTheConnectionClosed() async throws {
    try await withQueue { connection, binding in
      var (_, events) = try await consume(binding.queue, on: connection)
      await connection.close()
      let event = await events.next()
      #expect(throws: AMQPError.self) { try event?.get() }
    }
  }

  @Test func consumingNoQueueIsToldToTheConsumer() async throws {
    let connection = try await connect()
    var (_, events) = try await consume("no such queue", on: connection)
    let event = await events.next()
    let error = #expect(throws: AMQPError.self) { try event?.get() }
    #expect(error?.code == .notFound)
  }

  /// RabbitMQ lets the queue send consume-ok and cancel-ok, so the channel's own answers may overtake them.
  @Test func answersThatOvertakeOthersFindTheirQuestion() async throws {
    try await withQueue { connection, binding in
      await withDiscardingTaskGroup { group in
        for _ in 0..<50 {
          group.addTask {
            do {
              for _ in 0..<10 {
                let tag = try await connection.consume(binding.queue, prefetch: 0, receive: { _ in }, end: { _ in })
                _ = try await connection.status(ofQueue: binding.queue)
                try await connection.cancel(tag)
                _ = try await connection.status(ofQueue: binding.queue)
              }
            } catch { Issue.record(error) }
          }
        }
      }
    }
  }

  /// A flood of deliveries does not keep others from their turn.
  @Test func jobsGetTheirTurnUnderAFlood() async throws {
    try await withQueue { connection, binding in
      // Together: each is confirmed when it is on the disk.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<1000 {
          group.addTask {
            try await connection.publish(
              [UInt8(truncatingIfNeeded: number)], to: binding.exchange, routingKey: binding.routingKey)
          }
        }
        try await group.waitForAll()
      }
      // Each is given back at once, so that they come for ever.
      let tag = try await connection.consume(
        binding.queue, prefetch: 0,
        receive: { delivery in connection.assumeIsolated { try? $0.requeue(delivery.deliveryTag) } }, end: { _ in })
      for _ in 0..<20 { try await connection.deleteQueue("no such queue") }
      try await connection.cancel(tag)
      for _ in 0..<20 { try await connection.deleteQueue("no such queue") }
      try await expectQueue(binding.queue, on: connection, messages: 1000)
    }
  }
}
