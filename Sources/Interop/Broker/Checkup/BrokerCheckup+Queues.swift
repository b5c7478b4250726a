internal import AMQP
internal import InteropSupport
internal import SyRPCWire

extension BrokerCheckup {
  /// The type of queues whose declaration says nothing of it.
  enum QueueType: Hashable {
    case classic, quorum
    /// Another, or it could not be found out; what the broker said.
    case other(String)

    var finding: Finding {
      switch self {
      case .classic:
        Finding(
          "default queue type", "classic",
          "SyRPC's queues are classic: on one node, unless a policy of RabbitMQ 3.x mirrors them")
      case .quorum:
        Finding(
          "default queue type", "quorum",
          "SyRPC's queues are quorum queues: replicated, and a message that is given back too often is dropped")
      case .other(let said):
        Finding("default queue type", said, "SyRPC is tried on classic and quorum queues only")
      }
    }
  }

  private var probe: String { topology.requestQueue.name }

  /// A queue that exists and is of another type is not equivalent to a declaration that names one.
  func queueType() async throws -> QueueType {
    if let error = try await objection({ try await $0.declareProbe(probe) }) { return .other("\(error)") }
    var said = ""
    for (name, type) in [("classic", QueueType.classic), ("quorum", .quorum)] {
      guard let error = try await objection({ try await $0.declareProbe(probe, type: name) }) else {
        await tidyUp(queues: [probe])
        return type
      }
      said = "\(error)"
    }
    await tidyUp(queues: [probe])
    return .other(said)
  }

  /// How often a message may be given back: gives one back until it is dropped.
  func deliveryLimit() async throws -> Finding {
    /// More than any default, and few enough for a broker that is not our own.
    let most = 40
    var returns = 0
    let error = try await objection { connection in
      try await connection.declareProbe(probe)
      try await connection.publish([0x7B, 0x7D], to: "", routingKey: probe)
      let (deliveries, sink) = AsyncThrowingStream<Delivery, any Error>.makeStream()
      _ = try await connection.consume(probe, prefetch: 1) {
        sink.yield($0)
      } end: {
        sink.finish(throwing: $0)
      }
      while returns <= most {
        // What was dropped does not come.
        let delivery = try await within(.now + .seconds(2)) {
          var deliveries = deliveries.makeAsyncIterator()
          return try await deliveries.next()
        }
        guard let delivery = delivery ?? nil else { return }
        try await connection.requeue(delivery.deliveryTag)
        returns += 1
      }
    }
    await tidyUp(queues: [probe])
    if let error { return Finding("delivery limit", "cannot be found out: \(error)", "RabbitMQ has 20 from 4.0 on") }
    return returns > most
      ? Finding("delivery limit", "none, or more than \(most)", "results may be given back as often as it takes")
      : Finding(
        "delivery limit", "a message is dropped at its return number \(returns)",
        "results that other implementations give back again and again are lost: set the policy \"delivery-limit\" to -1"
      )
  }

  /// The broker tells its limit when it refuses a message.
  func messageSize() async throws -> Finding {
    let mebibytes = 16
    let body = [UInt8](repeating: UInt8(ascii: " "), count: mebibytes << 20 | 1)
    let meaning = "larger requests and results are refused: messageTooLarge in Swift, a closed channel elsewhere"
    // The message reaches no queue: its size is looked at before.
    let error = try await objection { try await $0.publish(body, to: "", routingKey: probe) }
    switch error?.code {
    case .unroutable, nil: return Finding("message size", "more than \(mebibytes) MiB", meaning)
    case .messageTooLarge: return Finding("message size", "\(error?.message ?? "")", meaning)
    case .blocked:
      return Finding(
        "message size", "\(error?.message ?? "")", "nothing can be put until the alarm is over", isProblem: true)
    default: return Finding("message size", "cannot be found out: \(error.map { "\($0)" } ?? "")", meaning)
    }
  }
}
