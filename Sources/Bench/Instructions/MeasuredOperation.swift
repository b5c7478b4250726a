internal import AMQP
internal import InteropSupport
internal import SyRPC
internal import SyRPCWire

/// What a call is made of, each to be done so many times by itself.
package enum MeasuredOperation: String, CaseIterable, Sendable {
  /// A request becomes the body of a message.
  case encode
  /// The body of a message becomes a result.
  case decode
  /// The queue of a result id is found.
  case hash
  /// A message becomes frames to be sent, and is confirmed.
  case publish
  /// The frames of a result become that of the one who waits for it.
  case dispatch

  /// - Throws: ``BenchError`` with the nearest name, if there is no such operation.
  package init(named name: String) throws {
    guard let operation = Self(rawValue: name) else {
      throw BenchError(
        "no operation is called \"\(name)\"; \(Spelling.hint(name, among: Self.allCases.map(\.rawValue)))")
    }
    self = operation
  }

  private static let resultID = "0b5f3a52-9e4f-4c53-8d27-6f1d1c2f7a90"
  /// As in the rows of ``BenchRow``.
  private static let data = JSON.string(String(repeating: "x", count: 32))

  /// Does it so many times.
  ///
  /// - Throws: ``BenchError`` if it does not do what it should.
  package func run(count: Int) throws {
    switch self {
    case .encode:
      for _ in 0..<count {
        let body = try RequestMessage(resultID: Self.resultID, type: "echo", data: Self.data).encoded()
        try check(body.count > 32)
      }
    case .decode:
      let body = try ResultMessage(resultID: Self.resultID, data: Self.data).encoded()
      for _ in 0..<count { try check(try ResultMessage(decoding: body).data.stringValue?.utf8.count == 32) }
    case .hash:
      let topology = Topology(try SyRPCSettings(appName: "bench"))
      for _ in 0..<count { try check(topology.resultQueueIndex(for: Self.resultID) < 64) }
    case .publish: try publish(count)
    case .dispatch: try dispatch(count)
    }
  }

  private func publish(_ count: Int) throws {
    let rehearsal = try Rehearsal(exchange: "bench_request", routingKey: "bench_request")
    let body = try RequestMessage(resultID: Self.resultID, type: "echo", data: Self.data).encoded()
    let confirmed = Counter()
    for _ in 0..<count { rehearsal.publish(body) { if case .success = $0 { confirmed.count += 1 } } }
    try check(confirmed.count == count)
  }

  private func dispatch(_ count: Int) throws {
    let rehearsal = try Rehearsal(exchange: "bench_result_exchange", routingKey: "7")
    let body = try ResultMessage(resultID: Self.resultID, data: Self.data).encoded()
    let frames = rehearsal.delivery(body, consumerTag: "syrpc.7", deliveryTag: 1)
    var results = ResultRehearsal(try SyRPCSettings(appName: "bench"))
    for _ in 0..<count {
      guard let delivery = rehearsal.receive(frames) else { throw BenchError("no delivery is in its frames") }
      try check(try results.take(delivery, for: Self.resultID) != nil)
    }
  }

  private func check(_ isRight: Bool) throws {
    guard isRight else { throw BenchError("\(rawValue) does not do what it is measured for") }
  }

  /// All on one thread.
  private final class Counter: @unchecked Sendable { var count = 0 }
}
