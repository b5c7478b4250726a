internal import CRabbitMQ
package import SyRPCWire

extension AMQPConnection {
  /// Declares an exchange; idempotent.
  ///
  /// - Throws: ``AMQPError``; `preconditionFailed` if it exists with other properties.
  package func declare(_ exchange: ExchangeDeclaration) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    _ = try await call(
      Method.exchangeDeclare,
      amqp_exchange_declare_t(
        ticket: 0, exchange: arena.bytes(exchange.name), type: arena.bytes(exchange.type), passive: 0,
        durable: exchange.durable ? 1 : 0, auto_delete: exchange.autoDelete ? 1 : 0,
        internal: exchange.internal ? 1 : 0, nowait: 0, arguments: amqp_empty_table))
  }

  /// Declares a queue; idempotent.
  ///
  /// - Returns: what it holds.
  /// - Throws: ``AMQPError``; `preconditionFailed` if it exists with other properties.
  @discardableResult
  package func declare(_ queue: QueueDeclaration) async throws -> QueueStatus {
    let arena = Arena()
    defer { extendLifetime(arena) }
    return try await status(queue.name, Self.arguments(queue, arena))
  }

  /// Binds a queue to an exchange; idempotent.
  ///
  /// - Throws: ``AMQPError``; `notFound` if either does not exist.
  package func bind(_ binding: Binding) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    _ = try await call(Method.queueBind, Self.arguments(binding, arena))
  }

  /// Declares a queue and binds it, and waits for neither.
  ///
  /// - Parameters:
  ///   - queue: the queue.
  ///   - binding: what binds it.
  ///   - declared: told on this connection's executor what the queue holds, or why not, before any message of a consumer
  ///     that is started after this.
  /// - Throws: ``AMQPError`` if it cannot be sent.
  package func declare(
    _ queue: QueueDeclaration, _ binding: Binding,
    declared: @escaping @Sendable (Result<QueueStatus, AMQPError>) -> Void
  ) throws(AMQPError) {
    let arena = Arena()
    defer { extendLifetime(arena) }
    try send(Method.queueDeclare, Self.arguments(queue, arena))
    expectReply(to: Method.queueDeclare) { outcome in
      declared(
        outcome.flatMap { reply in
          guard case .queueDeclared(let status) = reply else {
            return .failure(
              AMQPError(.closedByBroker, "no queue.declare-ok came for \(queue.name)"))
          }
          return .success(status)
        })
    }
    try send(Method.queueBind, Self.arguments(binding, arena))
    expectReply(to: Method.queueBind) { outcome in
      if case .failure(let error) = outcome { declared(.failure(error)) }
    }
  }

  private static func arguments(_ queue: QueueDeclaration, _ arena: Arena) -> amqp_queue_declare_t {
    let arguments = arena.table(queue.arguments.map { ($0.name, arena.value($0.milliseconds)) })
    return amqp_queue_declare_t(
      ticket: 0, queue: arena.bytes(queue.name), passive: 0, durable: queue.durable ? 1 : 0,
      exclusive: queue.exclusive ? 1 : 0, auto_delete: queue.autoDelete ? 1 : 0, nowait: 0,
      arguments: arguments)
  }

  private static func arguments(_ binding: Binding, _ arena: Arena) -> amqp_queue_bind_t {
    amqp_queue_bind_t(
      ticket: 0, queue: arena.bytes(binding.queue), exchange: arena.bytes(binding.exchange),
      routing_key: arena.bytes(binding.routingKey), nowait: 0, arguments: amqp_empty_table)
  }

  /// What a queue holds, without declaring it.
  ///
  /// - Throws: ``AMQPError``; `notFound` if it does not exist, which ends this connection as any exception does.
  package func status(ofQueue name: String) async throws -> QueueStatus {
    let arena = Arena()
    defer { extendLifetime(arena) }
    return try await status(
      name,
      amqp_queue_declare_t(
        ticket: 0, queue: arena.bytes(name), passive: 1, durable: 0, exclusive: 0, auto_delete: 0, nowait: 0,
        arguments: amqp_empty_table))
  }

  private func status(_ name: String, _ declaration: amqp_queue_declare_t) async throws -> QueueStatus {
    let reply = try await call(Method.queueDeclare, declaration)
    guard case .queueDeclared(let status) = reply else {
      throw AMQPError(.closedByBroker, "no queue.declare-ok came for \(name)")
    }
    return status
  }

  /// Deletes a queue, with what it holds. No error if it does not exist.
  package func deleteQueue(_ name: String) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    _ = try await call(
      Method.queueDelete,
      amqp_queue_delete_t(ticket: 0, queue: arena.bytes(name), if_unused: 0, if_empty: 0, nowait: 0))
  }

  /// Deletes an exchange. No error if it does not exist.
  package func deleteExchange(_ name: String) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    _ = try await call(
      Method.exchangeDelete,
      amqp_exchange_delete_t(ticket: 0, exchange: arena.bytes(name), if_unused: 0, nowait: 0))
  }
}
