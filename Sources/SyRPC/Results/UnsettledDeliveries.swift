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

  /// In the order in which they came, which is that of their tags.
  private var open = Deque<UInt64>()

  /// One has come; tags grow.
  mutating func add(_ tag: UInt64) { open.append(tag) }

  /// One was settled by itself.
  mutating func remove(_ tag: UInt64) {
    if let index = index(of: tag) { open.remove(at: index) }
  }

  /// Settles some, by as few methods as will do.
  mutating func settle(_ tags: [UInt64]) -> [Move] {
    let tags = tags.sorted()
    var count = 0
    while count < tags.count, open.first == tags[count] {
      open.removeFirst()
      count += 1
    }
    let others = tags[count...]
    removeAll(others)
    let first: [Move] = count == 0 ? [] : [count == 1 ? .one(tags[0]) : .upTo(tags[count - 1])]
    return others.isEmpty ? first : first + others.map { .one($0) }
  }

  private mutating func removeAll(_ tags: ArraySlice<UInt64>) {
    guard tags.count > Self.few else { return tags.forEach { remove($0) } }
    let gone = Set(tags)
    open.removeAll { gone.contains($0) }
  }

  /// So many are found one by one sooner than by looking at all.
  private static let few = 16

  private func index(of tag: UInt64) -> Int? {
    var (low, high) = (open.startIndex, open.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if open[middle] < tag { low = middle + 1 } else { high = middle }
    }
    return low < open.endIndex && open[low] == tag ? low : nil
  }
}
