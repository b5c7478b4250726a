internal import CRabbitMQ
internal import SyRPCWire

/// The properties of a content header as JSON.
enum PropertyFields {
  /// Reads the struct that `amqp_decode_properties` made.
  ///
  /// - Returns: those properties whose flag is set, and whether there was no flag beside theirs.
  static func read(
    _ classID: UInt16, _ decoded: UnsafeRawPointer
  ) throws(Undecodable) -> (properties: JSONObject, isComplete: Bool) {
    // Every struct of properties starts with its flags; only those of the class basic have properties.
    var unread = decoded.load(as: amqp_flags_t.self)
    guard Int32(classID) == AMQP_BASIC_CLASS else { return (JSONObject(), unread == 0) }
    let basic = decoded.load(as: amqp_basic_properties_t.self)
    var properties = JSONObject()
    func read(_ name: String, _ flag: Int32, _ value: () throws(Undecodable) -> JSON) throws(Undecodable) {
      guard unread & amqp_flags_t(flag) != 0 else { return }
      unread &= ~amqp_flags_t(flag)
      properties[name] = try value()
    }
    func text(_ name: String, _ flag: Int32, _ value: amqp_bytes_t) throws(Undecodable) {
      try read(name, flag) { FieldValue.text(value) }
    }
    try text("content-type", AMQP_BASIC_CONTENT_TYPE_FLAG, basic.content_type)
    try text("content-encoding", AMQP_BASIC_CONTENT_ENCODING_FLAG, basic.content_encoding)
    try read("headers", AMQP_BASIC_HEADERS_FLAG) { () throws(Undecodable) in try FieldValue.table(basic.headers) }
    try read("delivery-mode", AMQP_BASIC_DELIVERY_MODE_FLAG) { FieldValue.number(basic.delivery_mode) }
    try read("priority", AMQP_BASIC_PRIORITY_FLAG) { FieldValue.number(basic.priority) }
    try text("correlation-id", AMQP_BASIC_CORRELATION_ID_FLAG, basic.correlation_id)
    try text("reply-to", AMQP_BASIC_REPLY_TO_FLAG, basic.reply_to)
    try text("expiration", AMQP_BASIC_EXPIRATION_FLAG, basic.expiration)
    try text("message-id", AMQP_BASIC_MESSAGE_ID_FLAG, basic.message_id)
    try read("timestamp", AMQP_BASIC_TIMESTAMP_FLAG) { FieldValue.number(basic.timestamp) }
    try text("type", AMQP_BASIC_TYPE_FLAG, basic.type)
    try text("user-id", AMQP_BASIC_USER_ID_FLAG, basic.user_id)
    try text("app-id", AMQP_BASIC_APP_ID_FLAG, basic.app_id)
    try text("cluster-id", AMQP_BASIC_CLUSTER_ID_FLAG, basic.cluster_id)
    return (properties, unread == 0)
  }
}
