internal import DequeModule

/// The deliveries of one channel that are neither acknowledged nor given back.
///
/// basic.ack and basic.nack with `multiple` settle all of a channel's up to a tag (RabbitMQ, "Consumer Acknowledgements and
/// Publisher Confirms"), so one will do where nothing else is among them.
struct UnsettledDeliveries {
  /// How to settle some.
  enum Move: Equatable {
    case one(UInt64)
    /// This one and all before it.
    case upTo(UInt64)
  }

  private var open: Set<UInt64> = []
  /// In the order in which they came, which is that of their tags; with some that are settled since.
  private var order = Deque<UInt64>()

  /// One has come; tags grow.
  mutating func add(_ tag: UInt64) {
    open.insert(tag)
    order.append(tag)
    if order.count > 1024 + 2 * open.count { order.removeAll { !open.contains($0) } }
  }

  /// One was settled by itself.
  mutating func remove(_ tag: UInt64) { open.remove(tag) }

  /// Settles some, by as few methods as will do.
  mutating func settle(_ tags: [UInt64]) -> [Move] {
    // One that is the oldest, or not, needs no search.
    if tags.count == 1, let tag = tags.first {
      if order.first == tag { order.removeFirst() }
      open.remove(tag)
      return [.one(tag)]
    }
    var rest = Set(tags)
    var first: [UInt64] = []
    while let tag = order.first, !open.contains(tag) || rest.contains(tag) {
      order.removeFirst()
      if open.remove(tag) != nil, rest.remove(tag) != nil { first.append(tag) }
    }
    open.subtract(rest)
    let others = rest.sorted().map { Move.one($0) }
    return switch first.count {
    case 0: others
    case 1: [.one(first[0])] + others
    default: [.upTo(first[first.count - 1])] + others
    }
  }
}
