internal import CRabbitMQ

/// Which arguments of which methods are secrets of the peer: they never reach a report.
enum Credentials {
  /// Whether methods of this id carry credentials.
  static func areCarried(by id: amqp_method_number_t) -> Bool {
    [AMQP_CONNECTION_START_OK_METHOD, AMQP_CONNECTION_SECURE_OK_METHOD, MethodFields.updateSecret].contains(id)
  }

  /// Where, counted from `start`, the credentials of a decoded method stand; nil if it has none.
  ///
  /// librabbitmq does not copy an argument: it points into the bytes it was given.
  static func range(
    _ id: amqp_method_number_t, _ decoded: UnsafeRawPointer, from start: UnsafeRawPointer
  ) -> Range<Int>? {
    let response: amqp_bytes_t
    switch id {
    case AMQP_CONNECTION_START_OK_METHOD: response = decoded.load(as: amqp_connection_start_ok_t.self).response
    case AMQP_CONNECTION_SECURE_OK_METHOD: response = decoded.load(as: amqp_connection_secure_ok_t.self).response
    case MethodFields.updateSecret: response = decoded.load(as: syrpc_amqp_update_secret_t.self).new_secret
    default: return nil
    }
    guard let bytes = response.bytes else { return 0..<0 }
    let offset = start.distance(to: UnsafeRawPointer(bytes))
    return offset..<offset + response.len
  }
}
