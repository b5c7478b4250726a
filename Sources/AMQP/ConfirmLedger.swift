/// The messages of a channel in confirm mode that the broker has not yet taken responsibility for.
///
/// librabbitmq counts no confirms before 0.15. A confirm may stand for all up to its tag (`multiple`), and an unroutable
/// mandatory message is returned before it is confirmed (RabbitMQ, "Consumer Acknowledgements and Publisher Confirms").
struct ConfirmLedger<Token> {
  struct Entry {
    let token: Token
    let exchange: String
    let routingKey: String
    let deadline: ContinuousClock.Instant
    fileprivate(set) var returnedWith: AMQPError?
  }

  private var pending: [UInt64: Entry] = [:]
  private var oldestTag: UInt64 = 1
  private var nextTag: UInt64 = 1

  /// Notes a message just sent, and gives its delivery tag. Tags count from 1 (RabbitMQ, confirm.select).
  mutating func published(
    _ token: Token, exchange: String, routingKey: String, deadline: ContinuousClock.Instant
  ) -> UInt64 {
    defer { nextTag += 1 }
    pending[nextTag] = Entry(token: token, exchange: exchange, routingKey: routingKey, deadline: deadline)
    return nextTag
  }

  /// Notes that a message came back. The broker does not say which, so it is the oldest that it can have been.
  mutating func returned(exchange: String, routingKey: String, _ error: AMQPError) {
    for tag in oldestTag..<nextTag {
      guard let entry = pending[tag], entry.exchange == exchange, entry.routingKey == routingKey,
        entry.returnedWith == nil
      else { continue }
      pending[tag]?.returnedWith = error
      return
    }
  }

  /// Takes out the messages that a basic.ack or basic.nack settles.
  mutating func settle(_ tag: UInt64, multiple: Bool) -> [Entry] {
    guard tag < nextTag else { return [] }
    let tags = multiple ? min(oldestTag, tag)...tag : tag...tag
    defer { advance() }
    return tags.compactMap { pending.removeValue(forKey: $0) }
  }

  /// Takes out one message whose sender no longer waits.
  mutating func remove(_ tag: UInt64) -> Entry? {
    defer { advance() }
    return pending.removeValue(forKey: tag)
  }

  /// Takes out the messages that were not settled in time.
  mutating func expired(at now: ContinuousClock.Instant) -> [Entry] {
    var entries: [Entry] = []
    while let entry = pending[oldestTag], entry.deadline <= now {
      entries.append(entry)
      pending[oldestTag] = nil
      advance()
    }
    return entries
  }

  /// The time at which the next message expires.
  var nextDeadline: ContinuousClock.Instant? { pending[oldestTag]?.deadline }

  /// Takes out all.
  mutating func removeAll() -> [Entry] {
    defer { pending.removeAll() }
    return pending.keys.sorted().compactMap { pending[$0] }
  }

  private mutating func advance() {
    while oldestTag < nextTag, pending[oldestTag] == nil { oldestTag += 1 }
  }
}
