import AMQP
import SyRPCWire
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(3)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ConnectionTests {
  // MARK: - Publishing

  @Test func aPublishedMessageIsConfirmed() async throws {
    try await withQueue { connection, binding in
      try await connection.publish(Array("[1]".utf8), to: binding.exchange, routingKey: binding.routingKey)
      try await expectQueue(binding.queue, on: connection, messages: 1, consumers: 0)
    }
  }

  @Test func whatReachesNoQueueComesBack() async throws {
    try await withQueue { connection, binding in
      let error = await amqpError {
        try await connection.publish([1], to: binding.exchange, routingKey: "nowhere")
      }
      #expect(error?.code == .unroutable)
      #expect(error?.replyCode == 312)
      #expect(await connection.isOpen)
      try await connection.publish([1], to: binding.exchange, routingKey: binding.routingKey)
    }
  }

  @Test func concurrentPublishes() async throws {
    try await withQueue { connection, binding in
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<300 {
          group.addTask {
            let key = number % 3 == 0 ? "nowhere" : binding.routingKey
            let error = await amqpError {
              try await connection.publish(Array("\(number)".utf8), to: binding.exchange, routingKey: key)
            }
            return number % 3 == 0 ? error?.code == .unroutable : error == nil
          }
        }
        #expect(await group.reduce(into: 0) { $0 += $1 ? 1 : 0 } == 300)
      }
      try await expectQueue(binding.queue, on: connection, messages: 200)
    }
  }

  @Test func publishingToNoExchangeEndsTheConnection() async throws {
    let connection = try await connect()
    let error = await amqpError { try await connection.publish([1], to: "no such exchange", routingKey: "") }
    #expect(error?.code == .notFound)
    #expect(error?.replyCode == 404)
    #expect(await !connection.isOpen)
  }

  @Test func whatACancelledTaskPublishesIsNotSent() async throws {
    try await withQueue { connection, binding in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await connection.publish([1], to: binding.exchange, routingKey: binding.routingKey)
      }
      await #expect(throws: CancellationError.self) { try await task.value }
      try await expectQueue(binding.queue, on: connection, messages: 0)
    }
  }

  @Test func waitingForAConfirmCanBeCancelled() async throws {
    let cable = try Cable(to: try await Broker.address)
    defer { cable.stop() }
    let connection = try await connect(BrokerAddress(host: "127.0.0.1", port: cable.port))
    cable.hold(.toClient)
    let task = Task { try await connection.publish([1], to: "", routingKey: "nowhere") }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    cable.release()
    #expect(await connection.isOpen)
    // Its return, and its confirm, disturb nobody.
    let error = await amqpError { try await connection.publish([1], to: "", routingKey: "nowhere") }
    #expect(error?.code == .unroutable)
    await connection.close()
  }

  // MARK: - A broker that hangs

  @Test func aConfirmThatDoesNotComeIsAnError() async throws {
    let cable = try Cable(to: try await Broker.address)
    defer { cable.stop() }
    let connection = try await connect(
      BrokerAddress(host: "127.0.0.1", port: cable.port), options { $0.replyTimeout = .seconds(5) })
    cable.hold(.toClient)
    let error = await amqpError { try await connection.publish([1], to: "", routingKey: "q") }
    #expect(error?.code == .timedOut)
  }

  /// A broker that reads no more, as when its memory alarm is on, must not hold the thread for ever.
  @Test func aBrokerThatDoesNotReadIsAnError() async throws {
    let cable = try Cable(to: try await Broker.address)
    defer { cable.stop() }
    let connection = try await connect(
      BrokerAddress(host: "127.0.0.1", port: cable.port), options { $0.replyTimeout = .seconds(5) })
    cable.hold(.toBroker)
    let body = [UInt8](repeating: 0x20, count: 32 << 20)
    let error = await amqpError { try await connection.publish(body, to: "", routingKey: "q") }
    #expect(error?.code == .timedOut)
    #expect(await !connection.isOpen)
  }

  /// `BAD_AMQP_DATA`: what follows a frame that does not end as one must cannot be made sense of.
  @Test func aBrokenFrameEndsTheConnection() async throws {
    let cable = try Cable(to: try await Broker.address)
    defer { cable.stop() }
    let address = BrokerAddress(host: "127.0.0.1", port: cable.port)
    let connection = try await connect(address)
    cable.damage(.toClient)
    let error = await amqpError { try await connection.publish([1], to: "", routingKey: "nowhere") }
    #expect(error?.code == .connectionLost)
    #expect(error?.message.contains("invalid AMQP data") == true, "\(error?.message ?? "")")
    #expect(await !connection.isOpen)
    let another = try await connect(address)
    #expect(await amqpError { try await another.publish([1], to: "", routingKey: "nowhere") }?.code == .unroutable)
    await another.close()
  }

  @Test func aPeerThatFallsSilentIsNoticed() async throws {
    let cable = try Cable(to: try await Broker.address)
    defer { cable.stop() }
    let topology = try uniqueTopology()
    let connection = try await connect(
      BrokerAddress(host: "127.0.0.1", port: cable.port), options { $0.heartbeat = 1 })
    try await connection.declare(topology.resultQueue(at: 0))
    let (ends, sink) = AsyncStream<AMQPError>.makeStream()
    _ = try await connection.consume(
      topology.resultQueue(at: 0).name, prefetch: 0, receive: { _ in }, end: { sink.yield($0) })
    cable.hold(.toClient)
    #expect(await ends.first { _ in true }?.code == .connectionLost)
    let cleaner = try await connect()
    try await cleaner.deleteQueue(topology.resultQueue(at: 0).name)
    await cleaner.close()
  }

  @Test func anIdleConnectionIsKept() async throws {
    let connection = try await connect(nil, options { $0.heartbeat = 3 })
    // The broker ends a connection that is silent for two heartbeats.
    try await Task.sleep(for: .seconds(13))
    #expect(await connection.isOpen)
    try await connection.deleteQueue("no such queue")
    await connection.close()
  }

  // MARK: - The end

  @Test func settingsThatDifferAreNamedByTheBroker() async throws {
    try await withQueue { connection, binding in
      let name = String(binding.queue.dropLast("_result_queue_0".count))
      let other = Topology(try SyRPCSettings(appName: name, ttl: .seconds(1), resultQueueCount: 1))
      let error = await amqpError { try await connection.declare(other.resultQueue(at: 0)) }
      #expect(error?.code == .preconditionFailed)
      #expect(error?.replyCode == 406)
      #expect(error?.description.contains("x-expires") == true)
      let again = await amqpError { try await connection.declare(other.resultExchange) }
      // It ended the connection; that another call did so is not the reason to give to this one.
      #expect(again?.code == .connectionLost)
      #expect(again?.message.contains("x-expires") == true)
    }
  }

  @Test func closingTwiceAndUsingAfterwards() async throws {
    let connection = try await connect()
    async let first: Void = connection.close()
    async let second: Void = connection.close()
    _ = await (first, second)
    await connection.close()
    #expect(await !connection.isOpen)
    #expect(await amqpError { try await connection.publish([1], to: "", routingKey: "q") }?.code == .closed)
    #expect(await amqpError { _ = try await connection.status(ofQueue: "q") }?.code == .closed)
    let acknowledge = await amqpError { try await connection.acknowledge(1) }
    #expect(acknowledge?.code == .closed)
    let consume = await amqpError {
      _ = try await connection.consume("q", prefetch: 0, receive: { _ in }, end: { _ in })
    }
    #expect(consume?.code == .closed)
  }

  /// Calls from many tasks while the connection closes: each gets its answer or an error, and none hangs.
  @Test func nobodyIsLeftWaitingWhenItCloses() async throws {
    for round in 0..<20 {
      let connection = try await connect()
      await withDiscardingTaskGroup { group in
        for number in 0..<100 {
          group.addTask { try? await connection.deleteQueue("no such queue \(number)") }
          group.addTask { try? await connection.publish([1], to: "", routingKey: "no such queue") }
          if number == round * 5 { group.addTask { await connection.close() } }
        }
      }
      #expect(await !connection.isOpen)
    }
  }
}
