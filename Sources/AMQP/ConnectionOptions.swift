/// How a connection is made and kept.
package struct ConnectionOptions: Sendable {
  /// What the broker shows for this connection in its list.
  package var name: String
  /// How long the TCP connection may take.
  package var connectTimeout: Duration = .seconds(10)
  /// How long the AMQP handshake may take.
  package var handshakeTimeout: Duration = .seconds(10)
  /// How long the broker may take to answer a method, or to confirm a message.
  package var replyTimeout: Duration = .seconds(30)
  /// The heartbeat asked for, in seconds. Never 0: without it a dead peer is not noticed.
  package var heartbeat: Int = 30

  package init(name: String) { self.name = name }
}
