internal import AMQP
internal import InteropSupport
internal import SyRPCWire

extension BrokerCheckup {
  /// What an implementation does with the broker, in the order of a call; each with whose part it is.
  func permissions() async throws -> [Finding] {
    let wire = topology
    let steps: [(what: String, who: String, act: (AMQPConnection) async throws -> Void)] = [
      (
        "configure exchanges", "all declare them",
        { connection in
          try await connection.declare(wire.requestExchange)
          try await connection.declare(wire.resultExchange)
        }
      ),
      (
        "configure queues", "all declare them",
        { connection in
          try await connection.declare(wire.requestQueue)
          try await connection.declare(wire.resultQueue(at: 0))
        }
      ),
      (
        "write and read, to bind", "all bind queues to exchanges",
        { connection in
          try await connection.bind(wire.requestBinding)
          try await connection.bind(wire.resultBinding(at: 0))
        }
      ),
      (
        "write", "putters publish requests, servers results",
        { connection in
          try await connection.publish(
            [0x7B, 0x7D], to: wire.requestExchange.name, routingKey: wire.requestBinding.routingKey)
          try await connection.publish([0x7B, 0x7D], to: wire.resultExchange.name, routingKey: "0")
        }
      ),
      (
        "read", "servers take requests, getters results",
        { connection in
          try await connection.consumeOne(wire.requestQueue.name)
          try await connection.consumeOne(wire.resultQueue(at: 0).name)
        }
      ),
    ]
    var objections: [Finding] = []
    for step in steps where objections.isEmpty {
      guard let error = try await objection(step.act) else { continue }
      objections.append(
        Finding(
          error.code == .accessRefused ? "permissions" : "topology", "cannot \(step.what): \(error)", step.who,
          isProblem: true))
    }
    await tidyUp(
      queues: [wire.requestQueue.name, wire.resultQueue(at: 0).name],
      exchanges: [wire.requestExchange.name, wire.resultExchange.name])
    let granted = Finding(
      "permissions", "configure, write and read", "all that SyRPC needs, for names that begin with \(appName)")
    return objections.isEmpty ? [granted] : objections
  }
}

extension AMQPConnection {
  /// Takes a message that is there, and acknowledges it.
  ///
  /// - Throws: ``AMQPError``, also if none comes.
  func consumeOne(_ queue: String) async throws {
    let (deliveries, sink) = AsyncThrowingStream<Delivery, any Error>.makeStream()
    let tag = try consume(queue, prefetch: 1) {
      sink.yield($0)
    } end: {
      sink.finish(throwing: $0)
    }
    let delivery = try await within(.now + .seconds(10)) {
      var deliveries = deliveries.makeAsyncIterator()
      return try await deliveries.next()
    }
    guard let delivery = delivery ?? nil else {
      throw AMQPError(.timedOut, "a message that is in \(queue) was not delivered within 10 s")
    }
    try acknowledge(delivery.deliveryTag)
    try cancel(tag)
  }
}
