/// A message that the broker delivered to a consumer.
package struct Delivery: Sendable {
  /// What to acknowledge or reject it by, on the connection that it came on.
  package let deliveryTag: UInt64
  /// Whether it was delivered before, perhaps to somebody else.
  package let redelivered: Bool
  /// The headers that are text.
  package let headers: [String: String]
  /// How often it was given back before, where its queue counts that: `x-delivery-count` of RabbitMQ's quorum queues.
  package let deliveryCount: Int?
  package let body: [UInt8]
}

/// Puts a message's frames together: the method, a header with the body's size, and body frames up to that size
/// (AMQP 0-9-1, 4.2.6).
struct ContentAssembler {
  enum Message {
    case delivery(Delivery, consumerTag: String)
    /// The answer to basic.get.
    case got(Delivery)
    case returned(code: Int, text: String, exchange: String, routingKey: String)
  }

  private var method: BrokerFrame?
  private var headers: [String: String] = [:]
  private var deliveryCount: Int?
  private var body: [UInt8] = []
  private var missing = 0

  /// Takes one frame; gives a message when that frame was its last.
  mutating func receive(_ frame: BrokerFrame) -> Message? {
    switch frame {
    case .delivery, .got, .returned:
      method = frame
      body = []
      return nil
    case .contentHeader(let size, let headers, let deliveryCount):
      self.headers = headers
      self.deliveryCount = deliveryCount
      missing = Int(clamping: size)
    case .contentBody(let fragment):
      if body.isEmpty, fragment.count >= missing {
        // All of it, which need not be copied.
        body = fragment
      } else {
        // The size is the broker's word: room is made as the bytes come, not before.
        if body.isEmpty { body.reserveCapacity(min(missing, 1 << 20)) }
        body += fragment
      }
      missing -= fragment.count
    default: return nil
    }
    return missing <= 0 ? finish() : nil
  }

  private mutating func finish() -> Message? {
    defer {
      method = nil
      body = []
    }
    switch method {
    case .delivery(let consumerTag, let deliveryTag, let redelivered):
      return .delivery(delivery(deliveryTag, redelivered), consumerTag: consumerTag)
    case .got(let deliveryTag, let redelivered): return .got(delivery(deliveryTag, redelivered))
    case .returned(let code, let text, let exchange, let routingKey):
      return .returned(code: code, text: text, exchange: exchange, routingKey: routingKey)
    default: return nil
    }
  }

  private func delivery(_ tag: UInt64, _ redelivered: Bool) -> Delivery {
    Delivery(deliveryTag: tag, redelivered: redelivered, headers: headers, deliveryCount: deliveryCount, body: body)
  }
}
