internal import AMQP
internal import SyRPCWire

extension AMQPConnection {
  /// Publishes to where a binding leads.
  func publish(_ body: [UInt8], to binding: Binding, _ headers: [String: String]) async throws {
    try await publish(body, to: binding.exchange, routingKey: binding.routingKey, headers: headers)
  }

  /// Declares the request exchange and queue, and binds them.
  func declareRequests(_ topology: Topology) async throws {
    try await declare(topology.requestExchange)
    try await declare(topology.requestQueue)
    try await bind(topology.requestBinding)
  }
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
