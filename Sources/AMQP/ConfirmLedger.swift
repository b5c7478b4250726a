internal import DequeModule

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
    let sent: Moment
    /// Whether somebody waits for the confirm.
    var isAwaited: Bool
  }

  /// From the oldest tag on, those that are not settled, with gaps for those that are.
  private var messages = Deque<Message?>()
  private var returns: [Destination: (count: Int, error: AMQPError)] = [:]
  /// No message with a lower tag is unsettled.
  private var oldestTag: UInt64 = 1
  private var nextTag: UInt64 { oldestTag + UInt64(messages.count) }

  /// How many messages were sent since the oldest that is not settled, that one included.
  var count: Int { messages.count }

  /// How many confirms somebody waits for.
  private(set) var awaited = 0
  /// How many confirms came for which nobody waited.
  private(set) var unawaited = 0

  /// Notes a message just sent, and gives its delivery tag. Tags count from 1 (RabbitMQ, confirm.select).
  mutating func published(
    _ token: Token, to destination: Destination, size: Int, at now: Moment, isAwaited: Bool = true
  ) -> UInt64 {
    if isAwaited { awaited += 1 }
    messages.append(
      Message(token: token, destination: destination, size: size, sent: now, isAwaited: isAwaited))
    return nextTag - 1
  }

  /// Notes that a message came back. The broker does not say which; it is one that a confirm settles soon.
  mutating func returned(from destination: Destination, _ error: AMQPError) {
    returns[destination] = ((returns[destination]?.count ?? 0) + 1, error)
  }

  /// Takes out the messages that a basic.ack or basic.nack settles.
  ///
  /// A returned message is settled at once, an earlier one to the same place perhaps later, when it is on disk. So a
  /// return belongs to what is settled next. If that is more than was returned, all of it counts as returned: a message
  /// sent twice does less harm than one that is lost.
  mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
    guard tag < nextTag, tag >= oldestTag else { return [] }
    guard returns.isEmpty else { return settleReturned(tag, multiple: multiple) }
    var entries: [Entry] = []
    take(tag, multiple: multiple) { message in Self.entry(message).map { entries.append($0) } }
    return entries
  }

  private mutating func settleReturned(_ tag: UInt64, multiple: Bool) -> [Entry] {
    var settled: [Message] = []
    take(tag, multiple: multiple) { settled.append($0) }
    var came: [Destination: (count: Int, error: AMQPError)] = [:]
    for message in settled {
      guard let (count, error) = returns[message.destination] else { continue }
      came[message.destination] = (count, error)
      came[message.destination]?.count -= settled.count { $0.destination == message.destination }
    }
    for (destination, (count, error)) in came { returns[destination] = count > 0 ? (count, error) : nil }
    return settled.compactMap { Self.entry($0, came[$0.destination]?.error) }
  }

  /// Takes out a message, or all up to its tag.
  private mutating func take(_ tag: UInt64, multiple: Bool, _ settle: (Message) -> Void) {
    func count(_ message: Message) {
      if message.isAwaited { awaited -= 1 } else { unawaited += 1 }
      settle(message)
    }
    if multiple {
      while oldestTag <= tag { removeOldest().map(count) }
    } else {
      let index = Int(tag - oldestTag)
      messages[index].map(count)
      messages[index] = nil
    }
    while let oldest = messages.first, oldest == nil { _ = removeOldest() }
  }

  /// Nil if the sender waits no longer.
  private static func entry(_ message: Message, _ returnedWith: AMQPError? = nil) -> Entry? {
    message.token.map {
      Entry(token: $0, exchange: message.destination.exchange, size: message.size, returnedWith: returnedWith)
    }
  }

  private mutating func removeOldest() -> Message? {
    oldestTag += 1
    return messages.removeFirst()
  }

  /// Gives one message's sender, who waits no longer.
  mutating func remove(_ tag: UInt64) -> Entry? {
    guard tag >= oldestTag, tag < nextTag, let message = messages[Int(tag - oldestTag)] else { return nil }
    messages[Int(tag - oldestTag)]?.token = nil
    if message.isAwaited {
      messages[Int(tag - oldestTag)]?.isAwaited = false
      awaited -= 1
    }
    return Self.entry(message)
  }

  /// Gives all senders, in the order in which they sent; they wait no longer.
  mutating func removeSenders() -> [Entry] { (oldestTag..<nextTag).compactMap { remove($0) } }

  /// The size of the largest message that is not settled, whether its sender waits or not.
  var largestSize: Int? { messages.compactMap { $0?.size }.max() }

  /// When the oldest message that is not settled was sent.
  var oldestSent: Moment? { messages.first??.sent }

  /// Takes out all, in the order in which they were sent.
  mutating func removeAll() -> [Entry] { messages.isEmpty ? [] : settle(nextTag - 1, multiple: true) }
}
