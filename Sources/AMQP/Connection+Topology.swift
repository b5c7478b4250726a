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
    let arguments = arena.table(queue.arguments.map { ($0.name, arena.value($0.milliseconds)) })
    return try await status(
      queue.name,
      amqp_queue_declare_t(
        ticket: 0, queue: arena.bytes(queue.name), passive: 0, durable: queue.durable ? 1 : 0,
        exclusive: queue.exclusive ? 1 : 0, auto_delete: queue.autoDelete ? 1 : 0, nowait: 0, arguments: arguments))
  }

  /// Binds a queue to an exchange; idempotent.
  ///
  /// - Throws: ``AMQPError``; `notFound` if either does not exist.
  package func bind(_ binding: Binding) async throws {
    let arena = Arena()
    defer { extendLifetime(arena) }
    _ = try await call(
      Method.queueBind,
      amqp_queue_bind_t(
        ticket: 0, queue: arena.bytes(binding.queue), exchange: arena.bytes(binding.exchange),
        routing_key: arena.bytes(binding.routingKey), nowait: 0, arguments: amqp_empty_table))
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
