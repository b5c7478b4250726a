internal import CRabbitMQ
internal import SyRPCWire

extension MethodFields {
  /// The arguments of a method of the class basic (§1.8; nack is RabbitMQ's);
  /// nil if there is no such method.
  static func basic(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) throws(Undecodable) -> JSONObject? {
    switch id {
    case AMQP_BASIC_QOS_METHOD:
      let method = decoded.load(as: amqp_basic_qos_t.self)
      return [
        "prefetch-size": FieldValue.number(method.prefetch_size),
        "prefetch-count": FieldValue.number(method.prefetch_count),
        "global": FieldValue.bit(method.global),
      ]
    case AMQP_BASIC_CONSUME_METHOD:
      let method = decoded.load(as: amqp_basic_consume_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "consumer-tag": FieldValue.text(method.consumer_tag),
        "no-local": FieldValue.bit(method.no_local),
        "no-ack": FieldValue.bit(method.no_ack),
        "exclusive": FieldValue.bit(method.exclusive),
        "no-wait": FieldValue.bit(method.nowait),
        "arguments": try FieldValue.table(method.arguments),
      ]
    case AMQP_BASIC_CONSUME_OK_METHOD:
      let method = decoded.load(as: amqp_basic_consume_ok_t.self)
      return ["consumer-tag": FieldValue.text(method.consumer_tag)]
    case AMQP_BASIC_CANCEL_METHOD:
      let method = decoded.load(as: amqp_basic_cancel_t.self)
      return [
        "consumer-tag": FieldValue.text(method.consumer_tag),
        "no-wait": FieldValue.bit(method.nowait),
      ]
    case AMQP_BASIC_CANCEL_OK_METHOD:
      let method = decoded.load(as: amqp_basic_cancel_ok_t.self)
      return ["consumer-tag": FieldValue.text(method.consumer_tag)]
    case AMQP_BASIC_PUBLISH_METHOD:
      let method = decoded.load(as: amqp_basic_publish_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
        "mandatory": FieldValue.bit(method.mandatory),
        "immediate": FieldValue.bit(method.immediate),
      ]
    case AMQP_BASIC_RETURN_METHOD:
      let method = decoded.load(as: amqp_basic_return_t.self)
      return [
        "reply-code": FieldValue.number(method.reply_code),
        "reply-text": FieldValue.text(method.reply_text),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
      ]
    case AMQP_BASIC_DELIVER_METHOD:
      let method = decoded.load(as: amqp_basic_deliver_t.self)
      return [
        "consumer-tag": FieldValue.text(method.consumer_tag),
        "delivery-tag": FieldValue.number(method.delivery_tag),
        "redelivered": FieldValue.bit(method.redelivered),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
      ]
    case AMQP_BASIC_GET_METHOD:
      let method = decoded.load(as: amqp_basic_get_t.self)
      return [
        "reserved-1": FieldValue.number(method.ticket),
        "queue": FieldValue.text(method.queue),
        "no-ack": FieldValue.bit(method.no_ack),
      ]
    case AMQP_BASIC_GET_OK_METHOD:
      let method = decoded.load(as: amqp_basic_get_ok_t.self)
      return [
        "delivery-tag": FieldValue.number(method.delivery_tag),
        "redelivered": FieldValue.bit(method.redelivered),
        "exchange": FieldValue.text(method.exchange),
        "routing-key": FieldValue.text(method.routing_key),
        "message-count": FieldValue.number(method.message_count),
      ]
    case AMQP_BASIC_GET_EMPTY_METHOD:
      let method = decoded.load(as: amqp_basic_get_empty_t.self)
      return ["reserved-1": FieldValue.text(method.cluster_id)]
    case AMQP_BASIC_ACK_METHOD:
      let method = decoded.load(as: amqp_basic_ack_t.self)
      return [
        "delivery-tag": FieldValue.number(method.delivery_tag),
        "multiple": FieldValue.bit(method.multiple),
      ]
    case AMQP_BASIC_REJECT_METHOD:
      let method = decoded.load(as: amqp_basic_reject_t.self)
      return [
        "delivery-tag": FieldValue.number(method.delivery_tag),
        "requeue": FieldValue.bit(method.requeue),
      ]
    case AMQP_BASIC_NACK_METHOD:
      let method = decoded.load(as: amqp_basic_nack_t.self)
      return [
        "delivery-tag": FieldValue.number(method.delivery_tag),
        "multiple": FieldValue.bit(method.multiple),
        "requeue": FieldValue.bit(method.requeue),
      ]
    case AMQP_BASIC_RECOVER_ASYNC_METHOD:
      let method = decoded.load(as: amqp_basic_recover_async_t.self)
      return ["requeue": FieldValue.bit(method.requeue)]
    case AMQP_BASIC_RECOVER_METHOD:
      let method = decoded.load(as: amqp_basic_recover_t.self)
      return ["requeue": FieldValue.bit(method.requeue)]
    case AMQP_BASIC_QOS_OK_METHOD, AMQP_BASIC_RECOVER_OK_METHOD:
      return [:]
    default: return nil
    }
  }
}
