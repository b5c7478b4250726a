/// An exchange as it is declared (AMQP 0-9-1, exchange.declare).
public struct ExchangeDeclaration: Hashable, Sendable {
  /// The name on the broker.
  public let name: String
  /// How it routes: `direct`.
  public let type: String
  /// Whether it survives a restart of the broker.
  public let durable: Bool
  /// Whether it goes with its last user.
  public let autoDelete: Bool
  /// Whether clients may not publish to it.
  public let `internal`: Bool
}

/// A queue as it is declared (AMQP 0-9-1, queue.declare).
public struct QueueDeclaration: Hashable, Sendable {
  /// An argument whose value is a number of milliseconds.
  public struct Argument: Hashable, Sendable {
    /// Its key in the table, such as `x-expires`.
    public let name: String
    /// Its value.
    public let milliseconds: Int64
  }

  /// The name on the broker.
  public let name: String
  /// Whether it survives a restart of the broker.
  public let durable: Bool
  /// Whether it belongs to one connection.
  public let exclusive: Bool
  /// Whether it goes with its last user.
  public let autoDelete: Bool
  /// What RabbitMQ is told besides; equal on all sides, else it refuses with 406.
  public let arguments: [Argument]
}

/// A binding of a queue to an exchange (AMQP 0-9-1, queue.bind).
public struct Binding: Hashable, Sendable {
  /// The queue that is bound.
  public let queue: String
  /// The exchange whose messages it gets.
  public let exchange: String
  /// The routing key that these have.
  public let routingKey: String

  package init(queue: String, exchange: String, routingKey: String) {
    self.queue = queue
    self.exchange = exchange
    self.routingKey = routingKey
  }
}
