/// What went wrong on a connection to the broker.
package struct AMQPError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of failure.
  package enum Code: String, Hashable, Sendable {
    /// The system has no thread, descriptor or memory left.
    case resources
    /// No TCP connection: nobody listens, no route, no such host, or no answer in time.
    case unreachable
    /// There is a TCP connection, but no AMQP 0-9-1 broker answers on it, or not in time.
    case handshakeFailed
    /// TLS: the broker's certificate is not trusted or not for this host, or ours cannot be read.
    case untrusted
    /// 403 during the handshake: wrong credentials. Or the broker does not offer the mechanism that was asked for.
    case authenticationFailed
    /// 530 during the handshake: no such virtual host.
    case unknownVirtualHost
    /// 403, or 530: a permission that the user does not have.
    case accessRefused
    /// 404: no such queue or exchange, or its node is down.
    case notFound
    /// 405: another connection holds the queue exclusively.
    case resourceLocked
    /// 406: a queue or exchange of this name exists with other properties, or a delivery was acknowledged twice.
    case preconditionFailed
    /// 406 in answer to basic.publish: the message is larger than the broker allows.
    case messageTooLarge
    /// The broker closed the channel or the connection for another reason.
    case closedByBroker
    /// The connection broke, or the broker fell silent beyond the heartbeat.
    case connectionLost
    /// The broker did not answer within the time that it was given.
    case timedOut
    /// The broker takes no messages for now (connection.blocked).
    case blocked
    /// A mandatory message reached no queue (basic.return).
    case unroutable
    /// The broker did not take responsibility for a message (basic.nack).
    case notConfirmed
    /// The connection has been closed by this program.
    case closed
  }

  package let code: Code
  package let message: String
  /// The broker's reply code (AMQP 0-9-1, 1.2), if it gave one.
  package let replyCode: Int?

  package init(_ code: Code, _ message: String, replyCode: Int? = nil) {
    self.code = code
    self.message = message
    self.replyCode = replyCode
  }

  /// Whether the same may succeed on another connection, or a little later, without anybody's help.
  package var isTransient: Bool {
    switch code {
    case .unreachable, .handshakeFailed, .notFound, .resourceLocked, .closedByBroker, .connectionLost, .timedOut,
      .notConfirmed:
      true
    case .resources, .untrusted, .authenticationFailed, .unknownVirtualHost, .accessRefused, .preconditionFailed,
      .messageTooLarge, .blocked, .unroutable, .closed:
      false
    }
  }

  /// What this is to those who share the connection with the one who caused it: for them the next one will do.
  var toBystanders: AMQPError {
    isTransient || code == .closed ? self : AMQPError(.connectionLost, "the connection ended: \(self)")
  }

  package var description: String {
    // RabbitMQ's texts begin with the name of their code, so the number alone is added.
    if let replyCode { "\(message) (\(replyCode))" } else { message }
  }
}
