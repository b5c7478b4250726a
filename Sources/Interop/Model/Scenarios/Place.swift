/// Where on the broker a scenario takes place.
package enum Place: Hashable, Sendable {
  /// In the virtual host that the run was given.
  case usual
  /// In another virtual host and as another user, with characters that URLs escape, and that a careless client does not.
  case elsewhere
  /// In a virtual host in which queues are quorum queues, unless their declaration says otherwise, as managed brokers have
  /// it; messages are dropped when they were given back more than 20 times, RabbitMQ's default from 4.0 on.
  case quorumQueues

  /// Whether only a broker of the run's own has it.
  package var needsOwnBroker: Bool { self != .usual }
}
