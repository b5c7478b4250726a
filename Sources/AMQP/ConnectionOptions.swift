/// How a connection is made and kept.
package struct ConnectionOptions: Sendable {
  /// What to do while the broker takes no messages (connection.blocked).
  package enum WhenBlocked: Sendable {
    /// Publish when it takes them again.
    case wait
    /// Fail at once.
    case fail
  }

  /// What the broker shows for this connection in its list.
  package var name: String
  /// How long the TCP connection may take, with TLS's handshake.
  package var connectTimeout: Duration = .seconds(10)
  /// How long the AMQP handshake may take.
  package var handshakeTimeout: Duration = .seconds(10)
  /// How long the broker may take to answer a method; and how long it may be silent while a confirm is outstanding. Neither
  /// ends while large messages that were sent before are on their way: while they are seen to move, and for as long as they
  /// take at 16 KiB/s, since a proxy may take them at once.
  package var replyTimeout: Duration = .seconds(10)
  /// The heartbeat asked for, in seconds. Never 0: without it a dead peer is not noticed.
  package var heartbeat: Int = 30
  package var whenBlocked = WhenBlocked.wait
  /// Used where the address is `amqps`.
  package var tls = TLSOptions()
  package var authentication = Authentication.plain
  /// Told on the connection's thread; must not block it.
  package var observe: @Sendable (ConnectionEvent) -> Void = { _ in }

  package init(name: String) { self.name = name }
}

/// What happens to an open connection.
package enum ConnectionEvent: Sendable {
  /// The broker takes no messages for now, in its words why.
  case blocked(reason: String)
  case unblocked
  /// It is of no use any more.
  case ended(AMQPError)
}
