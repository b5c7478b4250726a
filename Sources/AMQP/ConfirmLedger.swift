/// The messages of a channel in confirm mode that the broker has not yet taken responsibility for.
///
/// librabbitmq counts no confirms before 0.15. A confirm may stand for all up to its tag (`multiple`), and an unroutable
/// mandatory message is returned before it is confirmed (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
struct ConfirmLedger<Token> {
  struct Entry {
    let token: Token
    let exchange: String
    let returnedWith: AMQPError?
  }

  private struct Message {
    /// Nil when the sender waits no longer. The message keeps its place: its return and its confirm are still to come,
    /// and are not another message's.
    var token: Token?
    let destination: Destination
    let deadline: ContinuousClock.Instant
  }

  private struct Destination: Hashable {
    let exchange: String
    let routingKey: String
  }

  private var messages: [UInt64: Message] = [:]
  private var returns: [Destination: (count: Int, error: AMQPError)] = [:]
  /// No message with a lower tag is unsettled.
  private var oldestTag: UInt64 = 1
  /// No message with a lower tag has a sender that waits.
  private var oldestAwaited: UInt64 = 1
  private var nextTag: UInt64 = 1

  /// Notes a message just sent, and gives its delivery tag. Tags count from 1 (RabbitMQ, confirm.select). Its deadline
  /// is not before that of the message sent last.
  mutating func published(
    _ token: Token, exchange: String, routingKey: String, deadline: ContinuousClock.Instant
  ) -> UInt64 {
    defer { nextTag += 1 }
    let destination = Destination(exchange: exchange, routingKey: routingKey)
    messages[nextTag] = Message(token: token, destination: destination, deadline: deadline)
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
        Entry(token: $0, exchange: message.destination.exchange, returnedWith: came[message.destination]?.error)
      }
    }
  }

  /// Gives one message's sender, who waits no longer.
  mutating func remove(_ tag: UInt64) -> Entry? {
    guard let message = messages[tag], let token = message.token else { return nil }
    messages[tag]?.token = nil
    advance()
    return Entry(token: token, exchange: message.destination.exchange, returnedWith: nil)
  }

  /// Gives the senders of the messages that were not settled in time; they wait no longer.
  mutating func expired(at now: ContinuousClock.Instant) -> [Entry] {
    var entries: [Entry] = []
    while let deadline = nextDeadline, deadline <= now, let entry = remove(oldestAwaited) { entries.append(entry) }
    return entries
  }

  /// The time at which the next message expires.
  var nextDeadline: ContinuousClock.Instant? { messages[oldestAwaited]?.deadline }

  /// Takes out all, in the order in which they were sent.
  mutating func removeAll() -> [Entry] {
    nextTag > oldestTag ? settle(nextTag - 1, multiple: true) : []
  }

  private mutating func advance() {
    while oldestTag < nextTag, messages[oldestTag] == nil { oldestTag += 1 }
    oldestAwaited = max(oldestAwaited, oldestTag)
    while oldestAwaited < nextTag, messages[oldestAwaited]?.token == nil { oldestAwaited += 1 }
  }
}
