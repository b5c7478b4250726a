internal import CRabbitMQ

extension Authentication {
  /// Its name in AMQP's handshake (SASL).
  fileprivate var mechanism: String {
    switch self {
    case .plain: "PLAIN"
    case .external: "EXTERNAL"
    }
  }
}

extension Handle {
  /// The error of a login by a mechanism that the broker does not offer.
  static func unsupported(
    _ authentication: Authentication, _ address: BrokerAddress, _ options: ConnectionOptions
  ) -> AMQPError {
    let offer = offeredMechanisms(address, options).map { "offers \($0)" } ?? "offers others"
    return AMQPError(
      .authenticationFailed,
      "cannot log in to \(address.place) by \(authentication.mechanism): the broker \(offer) (its auth_mechanisms)")
  }

  /// What the broker offers, by a connection of its own: librabbitmq keeps connection.start to itself.
  ///
  /// - Returns: the mechanisms with spaces between them; nil if they cannot be had.
  private static func offeredMechanisms(_ address: BrokerAddress, _ options: ConnectionOptions) -> String? {
    guard let handle = try? Handle(connecting: address, options) else { return nil }
    return handle.mechanisms(within: options.handshakeTimeout)
  }
}
