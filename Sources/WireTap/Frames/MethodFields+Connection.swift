internal import CRabbitMQ
internal import SyRPCWire

extension MethodFields {
  /// connection.update-secret, of RabbitMQ 3.8 and later; librabbitmq decodes it from 0.12 on.
  static let updateSecret = amqp_method_number_t(SYRPC_AMQP_UPDATE_SECRET)
  private static let updateSecretOK = amqp_method_number_t(SYRPC_AMQP_UPDATE_SECRET_OK)

  /// The arguments of a method of the class connection (§1.4; blocked, unblocked and update-secret are RabbitMQ's);
  /// nil if there is no such method.
  static func connection(_ id: amqp_method_number_t, _ decoded: UnsafeRawPointer) throws(Undecodable) -> JSONObject? {
    switch id {
    case AMQP_CONNECTION_START_METHOD:
      let method = decoded.load(as: amqp_connection_start_t.self)
      return [
        "version-major": FieldValue.number(method.version_major),
        "version-minor": FieldValue.number(method.version_minor),
        "server-properties": try FieldValue.table(method.server_properties),
        "mechanisms": FieldValue.text(method.mechanisms),
        "locales": FieldValue.text(method.locales),
      ]
    case AMQP_CONNECTION_START_OK_METHOD:
      let method = decoded.load(as: amqp_connection_start_ok_t.self)
      return [
        "client-properties": try FieldValue.table(method.client_properties),
        "mechanism": FieldValue.text(method.mechanism),
        "response": FieldValue.hidden(method.response),
        "locale": FieldValue.text(method.locale),
      ]
    case AMQP_CONNECTION_SECURE_METHOD:
      let method = decoded.load(as: amqp_connection_secure_t.self)
      return ["challenge": FieldValue.text(method.challenge)]
    case AMQP_CONNECTION_SECURE_OK_METHOD:
      let method = decoded.load(as: amqp_connection_secure_ok_t.self)
      return ["response": FieldValue.hidden(method.response)]
    case AMQP_CONNECTION_TUNE_METHOD:
      let method = decoded.load(as: amqp_connection_tune_t.self)
      return [
        "channel-max": FieldValue.number(method.channel_max),
        "frame-max": FieldValue.number(method.frame_max),
        "heartbeat": FieldValue.number(method.heartbeat),
      ]
    case AMQP_CONNECTION_TUNE_OK_METHOD:
      let method = decoded.load(as: amqp_connection_tune_ok_t.self)
      return [
        "channel-max": FieldValue.number(method.channel_max),
        "frame-max": FieldValue.number(method.frame_max),
        "heartbeat": FieldValue.number(method.heartbeat),
      ]
    case AMQP_CONNECTION_OPEN_METHOD:
      let method = decoded.load(as: amqp_connection_open_t.self)
      return [
        "virtual-host": FieldValue.text(method.virtual_host),
        "reserved-1": FieldValue.text(method.capabilities),
        "reserved-2": FieldValue.bit(method.insist),
      ]
    case AMQP_CONNECTION_OPEN_OK_METHOD:
      let method = decoded.load(as: amqp_connection_open_ok_t.self)
      return ["reserved-1": FieldValue.text(method.known_hosts)]
    case AMQP_CONNECTION_CLOSE_METHOD:
      let method = decoded.load(as: amqp_connection_close_t.self)
      return [
        "reply-code": FieldValue.number(method.reply_code),
        "reply-text": FieldValue.text(method.reply_text),
        "class-id": FieldValue.number(method.class_id),
        "method-id": FieldValue.number(method.method_id),
      ]
    case AMQP_CONNECTION_BLOCKED_METHOD:
      let method = decoded.load(as: amqp_connection_blocked_t.self)
      return ["reason": FieldValue.text(method.reason)]
    case updateSecret:
      let method = decoded.load(as: syrpc_amqp_update_secret_t.self)
      return ["new-secret": FieldValue.hidden(method.new_secret), "reason": FieldValue.text(method.reason)]
    case AMQP_CONNECTION_CLOSE_OK_METHOD, AMQP_CONNECTION_UNBLOCKED_METHOD, updateSecretOK:
      return [:]
    default: return nil
    }
  }
}
