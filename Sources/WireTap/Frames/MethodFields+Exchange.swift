internal import CRabbitMQ
internal import SyRPCWire

extension MethodFields {
  /// The arguments of a method of the class exchange (§1.6; bind and unbind are RabbitMQ's);
  /// nil if there is no such method.
  static func exchange(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) throws(Undecodable) -> JSONObject? {
    switch id {
    case AMQP_EXCHANGE_DECLARE_METHOD:
      let method = decoded.load(as: amqp_exchange_declare_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "exchange": FieldValue.text(method.exchange),
        "type": FieldValue.text(method.type),
        "passive": FieldValue.bit(method.passive),
        "durable": FieldValue.bit(method.durable),
        "auto-delete": FieldValue.bit(method.auto_delete),
        "internal": FieldValue.bit(method.internal),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_EXCHANGE_DELETE_METHOD:
      let method = decoded.load(as: amqp_exchange_delete_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "exchange": FieldValue.text(method.exchange),
        "if-unused": FieldValue.bit(method.if_unused),
        "no-wait": FieldValue.bit(method.nowait),
      ]
    case AMQP_EXCHANGE_BIND_METHOD:
      let method = decoded.load(as: amqp_exchange_bind_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "destination": FieldValue.text(method.destination),
        "source": FieldValue.text(method.source),
        "routing-key": FieldValue.text(method.routing_key),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_EXCHANGE_UNBIND_METHOD:
      let method = decoded.load(as: amqp_exchange_unbind_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "destination": FieldValue.text(method.destination),
        "source": FieldValue.text(method.source),
        "routing-key": FieldValue.text(method.routing_key),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_EXCHANGE_DELETE_OK_METHOD, AMQP_EXCHANGE_BIND_OK_METHOD,
      AMQP_EXCHANGE_UNBIND_OK_METHOD:
      return [:]
    default: return nil
    }
  }
}
