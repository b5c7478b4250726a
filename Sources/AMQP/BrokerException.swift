/// A connection.close or channel.close of the broker's (AMQP 0-9-1, 1.5.2.7 and 1.5.3.5).
struct BrokerException: Hashable {
  let replyCode: Int
  let text: String
  /// The number of the method that caused it; 0 if none did.
  let method: UInt32

  /// The error of whoever sent that method.
  var error: AMQPError { AMQPError(code, text, replyCode: replyCode) }

  /// Whether the broker closed the channel since a delivery was not acknowledged in its time.
  ///
  /// RabbitMQ answers no method with it (`rabbit_channel`, "delivery acknowledgement on channel ~w timed out").
  var isConsumerTimeout: Bool {
    replyCode == 406 && method == 0 && text.contains("delivery acknowledgement") && text.contains("timed out")
  }

  /// Whether a limit of connections or channels is reached, which passes when others close theirs.
  private var isLimit: Bool {
    text.contains("limit (") && text.contains("is reached")
      || text.contains("has reached the maximum allowed user limit")
  }

  private var code: AMQPError.Code {
    switch replyCode {
    // It concerns one delivery, which is delivered again.
    case 406 where isConsumerTimeout: .closedByBroker
    case 403: .accessRefused
    case 404: .notFound
    case 405: .resourceLocked
    case 406: method == Method.basicPublish ? .messageTooLarge : .preconditionFailed
    case 530 where isLimit: .closedByBroker
    case 530: .accessRefused
    default: .closedByBroker
    }
  }

  /// The error of a connection that was refused before it was open.
  ///
  /// RabbitMQ answers connection.open with 530 NOT_ALLOWED where there is no such virtual host, where it is not the
  /// user's, and where a limit is reached; only its text tells which.
  func handshakeError(at address: BrokerAddress) -> AMQPError {
    switch replyCode {
    case 403: AMQPError(.authenticationFailed, text, replyCode: replyCode)
    case 530 where text.contains("not found"):
      AMQPError(.unknownVirtualHost, text + hint(address), replyCode: replyCode)
    default: AMQPError(error.code, text + hint(address), replyCode: replyCode)
    }
  }

  /// Who ends a URL with a slash means another virtual host, as a rule, than RabbitMQ's URI specification does.
  private func hint(_ address: BrokerAddress) -> String {
    guard address.virtualHost.isEmpty else { return "" }
    let url = "\(address.usesTLS ? "amqps" : "amqp")://\(address.hostAndPort)"
    return ": a URL that ends with a slash names the virtual host with the empty name; that of the default one, /, is "
      + "\(url) or \(url)/%2F"
  }
}
