internal import CRabbitMQ
internal import SyRPCWire

/// Where messages go, and how those begin that SyRPC puts there: encoded once, whatever the connection.
package final class Destination: Sendable {
  package let exchange: String
  /// By what the exchange finds the queue.
  package let routingKey: String
  /// Of a persistent, mandatory JSON message without headers; nil if it cannot be encoded.
  let head: MessageHead?

  /// - Parameters:
  ///   - exchange: its name.
  ///   - routingKey: by what it finds the queue.
  ///   - isSentTo: whether messages go there; what came back from a place is only compared with others.
  package init(exchange: String, routingKey: String, isSentTo: Bool = true) {
    self.exchange = exchange
    self.routingKey = routingKey
    guard isSentTo else {
      head = nil
      return
    }
    let arena = Arena()
    defer { extendLifetime(arena) }
    var arguments = Self.arguments(exchange, routingKey, arena)
    var properties = Self.properties(contentType: MessageProperties.contentType, headers: [:], arena)
    head = OutputBuffer.head(of: &arguments, &properties, channel: Handle.channel)
  }

  /// What basic.publish says of a message to here.
  func arguments(_ arena: Arena) -> amqp_basic_publish_t { Self.arguments(exchange, routingKey, arena) }

  private static func arguments(_ exchange: String, _ routingKey: String, _ arena: Arena) -> amqp_basic_publish_t {
    amqp_basic_publish_t(
      ticket: 0, exchange: arena.bytes(exchange), routing_key: arena.bytes(routingKey), mandatory: 1, immediate: 0)
  }

  /// What a persistent message is, beside its body.
  static func properties(contentType: String, headers: [String: String], _ arena: Arena) -> amqp_basic_properties_t {
    var properties = amqp_basic_properties_t()
    properties._flags = UInt32(
      AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_CONTENT_ENCODING_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG)
    properties.content_type = arena.bytes(contentType)
    properties.content_encoding = arena.bytes(MessageProperties.contentEncoding)
    properties.delivery_mode = MessageProperties.persistentDeliveryMode
    guard !headers.isEmpty else { return properties }
    properties._flags |= UInt32(AMQP_BASIC_HEADERS_FLAG)
    properties.headers = arena.table(headers.sorted { $0.key < $1.key }.map { ($0.key, arena.value($0.value)) })
    return properties
  }
}

extension Destination: Hashable {
  package static func == (left: Destination, right: Destination) -> Bool {
    left === right || left.exchange == right.exchange && left.routingKey == right.routingKey
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(exchange)
    hasher.combine(routingKey)
  }
}
