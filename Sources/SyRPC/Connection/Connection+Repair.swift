internal import AMQP
internal import SyRPCWire

extension AMQPConnection {
  /// Publishes, if that can be done at once.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - headers: sent along.
  ///   - confirmed: told on this connection's executor what has become of it; ``NotNow`` if nothing was sent.
  func put(
    _ body: [UInt8], to destination: Destination, _ headers: [String: String],
    confirmed: @escaping ConfirmReceiver
  ) {
    guard canPost(body.count) else { return confirmed(.failure(NotNow())) }
    do {
      try post(body, to: destination, headers: headers, confirmed: confirmed)
    } catch { confirmed(.failure(error)) }
  }

  /// Publishes from any thread, if that can be done at once.
  ///
  /// - Parameters:
  ///   - body: the message.
  ///   - destination: where it goes.
  ///   - headers: sent along.
  ///   - isAwaited: whether somebody waits for the confirm; if not, it may be read some milliseconds later.
  ///   - confirmed: told on this connection's executor what has become of it; ``NotNow`` if nothing was sent.
  nonisolated func putAtOnce(
    _ body: [UInt8], to destination: Destination, _ headers: [String: String], isAwaited: Bool = true,
    confirmed: @escaping ConfirmReceiver
  ) {
    if headers.isEmpty,
      postAtOnce(body, to: destination, isAwaited: isAwaited, confirmed: confirmed)
    {
      return
    }
    submit { $0.put(body, to: destination, headers, confirmed: confirmed) }
  }

  /// Declares the request exchange and queue, and binds them.
  func declareRequests(_ topology: Topology) async throws {
    try await declare(topology.requestExchange)
    try await declare(topology.requestQueue)
    try await bind(topology.requestBinding)
  }
}

extension Destination {
  /// Where a binding leads.
  convenience init(_ binding: Binding) { self.init(exchange: binding.exchange, routingKey: binding.routingKey) }
}

/// Publishes; once more, if no queue was there, after `repair`.
func publishing(
  isolation: isolated (any Actor)? = #isolation, _ publish: () async throws -> Void,
  repair: () async throws -> Void
) async throws {
  do { try await publish() } catch let error as AMQPError where error.code == .unroutable {
    try await repair()
    try await publish()
  }
}

/// A message has to wait: for the broker that blocks publishers, or since it is large.
struct NotNow: Error {}
