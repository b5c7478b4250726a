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
    /// 403: wrong credentials, or a permission that the user does not have.
    case accessRefused
    /// 404: no such queue, exchange or virtual host.
    case notFound
    /// 405: another connection holds the queue exclusively.
    case resourceLocked
    /// 406: a queue or exchange of this name exists with other properties, or a delivery was acknowledged twice.
    case preconditionFailed
    /// The broker closed the channel or the connection for another reason.
    case closedByBroker
    /// The connection broke, or the broker fell silent beyond the heartbeat.
    case connectionLost
    /// The broker did not answer within the time that it was given.
    case timedOut
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

  /// The broker's own words, from connection.close or channel.close.
  init(replyCode: Int, text: String) {
    let code: Code =
      switch replyCode {
      case 403: .accessRefused
      case 404: .notFound
      case 405: .resourceLocked
      case 406: .preconditionFailed
      // connection.open's answer to a virtual host that is not there (RabbitMQ says NOT_ALLOWED).
      case 530: .notFound
      default: .closedByBroker
      }
    self.init(code, text, replyCode: replyCode)
  }

  package var description: String {
    // RabbitMQ's texts begin with the name of their code, so the number alone is added.
    if let replyCode { "\(message) (\(replyCode))" } else { message }
  }
}
