/// An exchange as it is declared (AMQP 0-9-1, exchange.declare).
public struct ExchangeDeclaration: Hashable, Sendable {
  public let name: String
  public let type: String
  public let durable: Bool
  public let autoDelete: Bool
  public let `internal`: Bool
}

/// A queue as it is declared (AMQP 0-9-1, queue.declare).
public struct QueueDeclaration: Hashable, Sendable {
  /// An argument whose value is a number of milliseconds.
  public struct Argument: Hashable, Sendable {
    public let name: String
    public let milliseconds: Int64
  }

  public let name: String
  public let durable: Bool
  public let exclusive: Bool
  public let autoDelete: Bool
  public let arguments: [Argument]
}

/// A binding of a queue to an exchange (AMQP 0-9-1, queue.bind).
public struct Binding: Hashable, Sendable {
  public let queue: String
  public let exchange: String
  public let routingKey: String

  package init(queue: String, exchange: String, routingKey: String) {
    self.queue = queue
    self.exchange = exchange
    self.routingKey = routingKey
  }
}
