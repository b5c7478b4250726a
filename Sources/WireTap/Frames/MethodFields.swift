internal import CRabbitMQ
internal import SyRPCWire

/// The arguments of every method as JSON, under the names of the AMQP 0-9-1 specification.
///
/// Where the specification calls an argument reserved, so does this, whatever it was before 0-9-1 (`ticket`,
/// `known-hosts` …). `auto-delete` and `internal` of exchange.declare, reserved there, are RabbitMQ's.
enum MethodFields {
  /// Reads the struct that `amqp_decode_method` made for a method of this id.
  static func read(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) throws(Undecodable) -> JSONObject {
    let fields: JSONObject? =
      switch Int32(id >> 16) {
      case AMQP_CONNECTION_CLASS: try connection(id, decoded)
      case AMQP_CHANNEL_CLASS, AMQP_ACCESS_CLASS: channel(id, decoded)
      case AMQP_EXCHANGE_CLASS: try exchange(id, decoded)
      case AMQP_QUEUE_CLASS: try queue(id, decoded)
      case AMQP_BASIC_CLASS: try basic(id, decoded)
      case AMQP_TX_CLASS, AMQP_CONFIRM_CLASS: transaction(id, decoded)
      default: nil
      }
    guard let fields else { throw Undecodable(reason: "arguments that are not known here") }
    return fields
  }

  private static func transaction(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) -> JSONObject? {
    switch id {
    case AMQP_CONFIRM_SELECT_METHOD:
      let method = decoded.load(as: amqp_confirm_select_t.self)
      return ["no-wait": FieldValue.bit(method.nowait)]
    case AMQP_CONFIRM_SELECT_OK_METHOD, AMQP_TX_SELECT_METHOD, AMQP_TX_SELECT_OK_METHOD, AMQP_TX_COMMIT_METHOD,
      AMQP_TX_COMMIT_OK_METHOD, AMQP_TX_ROLLBACK_METHOD, AMQP_TX_ROLLBACK_OK_METHOD:
      return [:]
    default: return nil
    }
  }
}
