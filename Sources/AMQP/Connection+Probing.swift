internal import CRabbitMQ

/// What only those ask for who want to know what a broker is like.
extension AMQPConnection {
  /// Declares a durable queue that goes after a minute without use.
  ///
  /// - Parameters:
  ///   - name: the queue.
  ///   - type: its `x-queue-type`, such as `classic`; nil for the virtual host's default.
  /// - Throws: ``AMQPError``; `preconditionFailed` if it exists and is of another type.
  package func declareProbe(_ name: String, type: String? = nil) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    let expires = ("x-expires", arena.value(60_000))
    let arguments = arena.table(type.map { [expires, ("x-queue-type", arena.value($0))] } ?? [expires])
    _ = try await call(
      Method.queueDeclare,
      amqp_queue_declare_t(
        ticket: 0, queue: arena.bytes(name), passive: 0, durable: 1, exclusive: 0, auto_delete: 0, nowait: 0,
        arguments: arguments))
  }

  /// The largest frame that was agreed on with the broker, in bytes (tune-ok).
  package var frameMax: Int? { handle?.frameMax }
}
