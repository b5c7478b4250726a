internal import CRabbitMQ

/// What the broker says, copied out of librabbitmq's memory.
enum BrokerFrame {
  case connectionClosed(BrokerException)
  case channelClosed(BrokerException)
  case blocked(reason: String)
  case unblocked
  case queueDeclared(QueueStatus)
  /// The answer to any other synchronous method.
  case done(method: UInt32)
  case delivery(consumerTag: String, deliveryTag: UInt64, redelivered: Bool)
  case got(deliveryTag: UInt64, redelivered: Bool)
  case returned(code: Int, text: String, exchange: String, routingKey: String)
  case acknowledged(deliveryTag: UInt64, multiple: Bool)
  case rejected(deliveryTag: UInt64, multiple: Bool)
  case consumerCancelled(consumerTag: String)
  case contentHeader(bodySize: UInt64, headers: [String: String] = [:], deliveryCount: Int? = nil)
  case contentBody([UInt8])
  /// The whole message that answers basic.get, when its last frame has come.
  case message(Delivery)
  /// A heartbeat, which librabbitmq has answered, or something that this client never asks for.
  case nothing

  init(_ frame: inout amqp_frame_t) {
    switch Int32(frame.frame_type) {
    case AMQP_FRAME_METHOD: self.init(syrpc_amqp_frame_method(&frame))
    case AMQP_FRAME_HEADER: self = Self.contentHeader(&frame)
    case AMQP_FRAME_BODY: self = .contentBody(syrpc_amqp_frame_fragment(&frame).copied)
    default: self = .nothing
    }
  }

  private init(_ method: amqp_method_t) {
    guard let decoded = method.decoded else {
      self = .nothing
      return
    }
    func read<Value>(_ type: Value.Type) -> Value { decoded.load(as: type) }
    switch method.id {
    case Method.connectionClose:
      let close = read(amqp_connection_close_t.self)
      self = .connectionClosed(BrokerException(close))
    case Method.channelClose:
      let close = read(amqp_channel_close_t.self)
      self = .channelClosed(
        BrokerException(
          replyCode: Int(close.reply_code), text: close.reply_text.string,
          method: UInt32(close.class_id) << 16 | UInt32(close.method_id)))
    case Method.connectionBlocked:
      self = .blocked(reason: read(amqp_connection_blocked_t.self).reason.string)
    case Method.connectionUnblocked:
      self = .unblocked
    case Method.queueDeclareOk:
      let ok = read(amqp_queue_declare_ok_t.self)
      self = .queueDeclared(
        QueueStatus(messageCount: Int(ok.message_count), consumerCount: Int(ok.consumer_count)))
    case Method.basicDeliver:
      let deliver = read(amqp_basic_deliver_t.self)
      self = .delivery(
        consumerTag: deliver.consumer_tag.string, deliveryTag: deliver.delivery_tag,
        redelivered: deliver.redelivered != 0)
    case Method.basicGetOk:
      let got = read(amqp_basic_get_ok_t.self)
      self = .got(deliveryTag: got.delivery_tag, redelivered: got.redelivered != 0)
    case Method.basicReturn:
      let returned = read(amqp_basic_return_t.self)
      self = .returned(
        code: Int(returned.reply_code), text: returned.reply_text.string, exchange: returned.exchange.string,
        routingKey: returned.routing_key.string)
    case Method.basicAck:
      let ack = read(amqp_basic_ack_t.self)
      self = .acknowledged(deliveryTag: ack.delivery_tag, multiple: ack.multiple != 0)
    case Method.basicNack:
      let nack = read(amqp_basic_nack_t.self)
      self = .rejected(deliveryTag: nack.delivery_tag, multiple: nack.multiple != 0)
    case Method.basicCancel:
      self = .consumerCancelled(consumerTag: read(amqp_basic_cancel_t.self).consumer_tag.string)
    default:
      self = .done(method: method.id)
    }
  }
}

extension BrokerFrame {
  /// The body's size, the headers that are text, and how often the queue has counted the message; others are not ours.
  private static func contentHeader(_ frame: inout amqp_frame_t) -> BrokerFrame {
    let size = syrpc_amqp_frame_body_size(&frame)
    guard
      let properties = syrpc_amqp_frame_properties(&frame)?.load(as: amqp_basic_properties_t.self),
      properties._flags & UInt32(AMQP_BASIC_HEADERS_FLAG) != 0
    else { return .contentHeader(bodySize: size) }
    let entries = UnsafeBufferPointer(start: properties.headers.entries, count: Int(properties.headers.num_entries))
    var headers: [String: String] = [:]
    var deliveryCount: Int?
    for entry in entries {
      if entry.value.kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue) {
        headers[entry.key.string] = entry.value.value.bytes.string
      } else if entry.key.string == "x-delivery-count" {
        deliveryCount = entry.value.integer
      }
    }
    return .contentHeader(bodySize: size, headers: headers, deliveryCount: deliveryCount)
  }
}

extension amqp_field_value_t {
  /// The value, if it is an integer of any width.
  fileprivate var integer: Int? {
    switch amqp_field_value_kind_t(rawValue: UInt32(kind)) {
    case AMQP_FIELD_KIND_I8: Int(value.i8)
    case AMQP_FIELD_KIND_U8: Int(value.u8)
    case AMQP_FIELD_KIND_I16: Int(value.i16)
    case AMQP_FIELD_KIND_U16: Int(value.u16)
    case AMQP_FIELD_KIND_I32: Int(value.i32)
    case AMQP_FIELD_KIND_U32: Int(value.u32)
    case AMQP_FIELD_KIND_I64: Int(clamping: value.i64)
    case AMQP_FIELD_KIND_U64: Int(clamping: value.u64)
    default: nil
    }
  }
}

extension BrokerException {
  init(_ close: amqp_connection_close_t) {
    self.init(
      replyCode: Int(close.reply_code), text: close.reply_text.string,
      method: UInt32(close.class_id) << 16 | UInt32(close.method_id))
  }
}

/// What a queue holds, as queue.declare-ok says.
package struct QueueStatus: Hashable, Sendable {
  /// Messages ready for delivery.
  package let messageCount: Int
  package let consumerCount: Int
}

/// Method numbers, class in the upper half (AMQP 0-9-1, 1.4); C's are macros with casts, which Swift does not see.
enum Method {
  static let connectionStart: UInt32 = 0x000A_000A
  static let connectionClose: UInt32 = 0x000A_0032
  static let connectionCloseOk: UInt32 = 0x000A_0033
  static let connectionBlocked: UInt32 = 0x000A_003C
  static let connectionUnblocked: UInt32 = 0x000A_003D
  static let channelOpen: UInt32 = 0x0014_000A
  static let channelOpenOk: UInt32 = 0x0014_000B
  static let channelClose: UInt32 = 0x0014_0028
  static let channelCloseOk: UInt32 = 0x0014_0029
  static let exchangeDeclare: UInt32 = 0x0028_000A
  static let exchangeDelete: UInt32 = 0x0028_0014
  static let queueDeclare: UInt32 = 0x0032_000A
  static let queueDeclareOk: UInt32 = 0x0032_000B
  static let queueBind: UInt32 = 0x0032_0014
  static let queueDelete: UInt32 = 0x0032_0028
  static let basicQos: UInt32 = 0x003C_000A
  static let basicConsume: UInt32 = 0x003C_0014
  static let basicCancel: UInt32 = 0x003C_001E
  static let basicPublish: UInt32 = 0x003C_0028
  static let basicReturn: UInt32 = 0x003C_0032
  static let basicDeliver: UInt32 = 0x003C_003C
  static let basicGet: UInt32 = 0x003C_0046
  static let basicGetOk: UInt32 = 0x003C_0047
  static let basicGetEmpty: UInt32 = 0x003C_0048
  static let basicAck: UInt32 = 0x003C_0050
  static let basicReject: UInt32 = 0x003C_005A
  static let basicNack: UInt32 = 0x003C_0078
  static let confirmSelect: UInt32 = 0x0055_000A
}
