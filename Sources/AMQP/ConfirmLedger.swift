/// The messages of a channel in confirm mode that the broker has not yet taken responsibility for.
///
/// librabbitmq counts no confirms before 0.15. A confirm may stand for all up to its tag (`multiple`), and an unroutable
/// mandatory message is returned before it is confirmed (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
struct ConfirmLedger<Token> {
  struct Entry {
    let token: Token
    let exchange: String
    /// Of the body, in bytes.
    let size: Int
    let returnedWith: AMQPError?
  }

  private struct Message {
    /// Nil when the sender waits no longer. The message keeps its place: its return and its confirm are still to come,
    /// and are not another message's.
    var token: Token?
    let destination: Destination
    /// Of the body, in bytes.
    let size: Int
    let sent: ContinuousClock.Instant
  }

  private struct Destination: Hashable {
    let exchange: String
    let routingKey: String
  }

  private var messages: [UInt64: Message] = [:]
  private var returns: [Destination: (count: Int, error: AMQPError)] = [:]
  /// No message with a lower tag is unsettled.
  private var oldestTag: UInt64 = 1
  private var nextTag: UInt64 = 1

  /// Notes a message just sent, and gives its delivery tag. Tags count from 1 (RabbitMQ, confirm.select).
  mutating func published(
    _ token: Token, exchange: String, routingKey: String, size: Int, at now: ContinuousClock.Instant
  ) -> UInt64 {
    defer { nextTag += 1 }
    let destination = Destination(exchange: exchange, routingKey: routingKey)
    messages[nextTag] = Message(token: token, destination: destination, size: size, sent: now)
    return nextTag
  }

  /// Notes that a message came back. The broker does not say which; it is one that a confirm settles soon.
  mutating func returned(exchange: String, routingKey: String, _ error: AMQPError) {
    let destination = Destination(exchange: exchange, routingKey: routingKey)
    returns[destination] = ((returns[destination]?.count ?? 0) + 1, error)
  }

  /// Takes out the messages that a basic.ack or basic.nack settles.
  ///
  /// A returned message is settled at once, an earlier one to the same place perhaps later, when it is on disk. So a
  /// return belongs to what is settled next. If that is more than was returned, all of it counts as returned: a message
  /// sent twice does less harm than one that is lost.
  mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
    guard tag < nextTag, tag >= oldestTag else { return [] }
    let settled = (multiple ? oldestTag...tag : tag...tag).compactMap { messages.removeValue(forKey: $0) }
    advance()

    var came: [Destination: (count: Int, error: AMQPError)] = [:]
    if !returns.isEmpty {
      for message in settled {
        guard let (count, error) = returns[message.destination] else { continue }
        came[message.destination] = (count, error)
        came[message.destination]?.count -= settled.count { $0.destination == message.destination }
      }
      for (destination, (count, error)) in came { returns[destination] = count > 0 ? (count, error) : nil }
    }
    return settled.compactMap { message in
      message.token.map {
        Entry(
          token: $0, exchange: message.destination.exchange, size: message.size,
          returnedWith: came[message.destination]?.error)
      }
    }
  }

  /// Gives one message's sender, who waits no longer.
  mutating func remove(_ tag: UInt64) -> Entry? {
    guard let message = messages[tag], let token = message.token else { return nil }
    messages[tag]?.token = nil
    return Entry(token: token, exchange: message.destination.exchange, size: message.size, returnedWith: nil)
  }

  /// Gives all senders, in the order in which they sent; they wait no longer.
  mutating func removeSenders() -> [Entry] {
    oldestTag < nextTag ? (oldestTag..<nextTag).compactMap { remove($0) } : []
  }

  /// The size of the largest message that is not settled, whether its sender waits or not.
  var largestSize: Int? { messages.values.map(\.size).max() }

  /// When the oldest message that is not settled was sent.
  var oldestSent: ContinuousClock.Instant? { messages[oldestTag]?.sent }

  /// Takes out all, in the order in which they were sent.
  mutating func removeAll() -> [Entry] {
    nextTag > oldestTag ? settle(nextTag - 1, multiple: true) : []
  }

  private mutating func advance() {
    while oldestTag < nextTag, messages[oldestTag] == nil { oldestTag += 1 }
  }
}
