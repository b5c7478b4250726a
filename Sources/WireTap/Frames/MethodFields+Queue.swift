internal import CRabbitMQ
internal import SyRPCWire

extension MethodFields {
  /// The arguments of a method of the class queue (§1.7);
  /// nil if there is no such method.
  static func queue(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) throws(Undecodable) -> JSONObject? {
    switch id {
    case AMQP_QUEUE_DECLARE_METHOD:
      let method = decoded.load(as: amqp_queue_declare_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "passive": FieldValue.bit(method.passive),
        "durable": FieldValue.bit(method.durable),
        "exclusive": FieldValue.bit(method.exclusive),
        "auto-delete": FieldValue.bit(method.auto_delete),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_QUEUE_DECLARE_OK_METHOD:
      let method = decoded.load(as: amqp_queue_declare_ok_t.self)
      return [
        "queue": FieldValue.text(method.queue),
        "message-count": FieldValue.number(method.message_count),
        "consumer-count": FieldValue.number(method.consumer_count),
      ]
    case AMQP_QUEUE_BIND_METHOD:
      let method = decoded.load(as: amqp_queue_bind_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_QUEUE_UNBIND_METHOD:
      let method = decoded.load(as: amqp_queue_unbind_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_QUEUE_PURGE_METHOD:
      let method = decoded.load(as: amqp_queue_purge_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "no-wait": FieldValue.bit(method.nowait),
      ]
    case AMQP_QUEUE_PURGE_OK_METHOD:
      let method = decoded.load(as: amqp_queue_purge_ok_t.self)
      return ["message-count": FieldValue.number(method.message_count)]
    case AMQP_QUEUE_DELETE_METHOD:
      let method = decoded.load(as: amqp_queue_delete_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "if-unused": FieldValue.bit(method.if_unused),
        "if-empty": FieldValue.bit(method.if_empty),
        "no-wait": FieldValue.bit(method.nowait),
      ]
    case AMQP_QUEUE_DELETE_OK_METHOD:
      let method = decoded.load(as: amqp_queue_delete_ok_t.self)
      return ["message-count": FieldValue.number(method.message_count)]
    case AMQP_QUEUE_BIND_OK_METHOD, AMQP_QUEUE_UNBIND_OK_METHOD:
      return [:]
    default: return nil
    }
  }
}
