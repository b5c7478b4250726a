internal import CRabbitMQ
internal import SyRPCWire

extension MethodFields {
  /// The arguments of a method of the classes channel (§1.5) and access (of AMQP 0-9, which old peers still use);
  /// nil if there is no such method.
  static func channel(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) -> JSONObject? {
    switch id {
    case AMQP_CHANNEL_OPEN_METHOD:
      let method = decoded.load(as: amqp_channel_open_t.self)
      return ["reserved-1": FieldValue.text(method.out_of_band)]
    case AMQP_CHANNEL_OPEN_OK_METHOD:
      let method = decoded.load(as: amqp_channel_open_ok_t.self)
      return ["reserved-1": FieldValue.text(method.channel_id)]
    case AMQP_CHANNEL_FLOW_METHOD:
      let method = decoded.load(as: amqp_channel_flow_t.self)
      return ["active": FieldValue.bit(method.active)]
    case AMQP_CHANNEL_FLOW_OK_METHOD:
      let method = decoded.load(as: amqp_channel_flow_ok_t.self)
      return ["active": FieldValue.bit(method.active)]
    case AMQP_CHANNEL_CLOSE_METHOD:
      let method = decoded.load(as: amqp_channel_close_t.self)
      return [
        "reply-code": FieldValue.number(method.reply_code),
        "reply-text": FieldValue.text(method.reply_text),
        "class-id": FieldValue.number(method.class_id),
        "method-id": FieldValue.number(method.method_id),
      ]
    case AMQP_ACCESS_REQUEST_METHOD:
      let method = decoded.load(as: amqp_access_request_t.self)
      return [
        "realm": FieldValue.text(method.realm),
        "exclusive": FieldValue.bit(method.exclusive),
        "passive": FieldValue.bit(method.passive),
        "active": FieldValue.bit(method.active),
        "write": FieldValue.bit(method.write),
        "read": FieldValue.bit(method.read),
      ]
    case AMQP_ACCESS_REQUEST_OK_METHOD:
      let method = decoded.load(as: amqp_access_request_ok_t.self)
      return ["ticket": FieldValue.number(method.ticket)]
    case AMQP_CHANNEL_CLOSE_OK_METHOD:
      return [:]
    default: return nil
    }
  }
}
