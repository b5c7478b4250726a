internal import AMQP
internal import HeapModule
internal import SyRPCWire

/// Foreign results of one queue that are unacknowledged here, until they are given back together.
struct HeldResults {
  typealias Instant = Moment

  /// What whoever looks for a result finds.
  enum Found {
    case result(tag: UInt64, ArrivedResult)
    /// It was too much to keep: the broker has it, and sends it again when it is given back.
    case idOnly(tag: UInt64)
  }

  private struct Hold {
    let id: ResultKey
    let result: ArrivedResult?
    let size: Int
    let isTimed: Bool
    let isSpared: Bool
  }

  private struct Due: Comparable {
    let tag: UInt64
    let until: Instant
    /// It may go sooner, with others.
    let soonest: Instant

    static func < (left: Due, right: Due) -> Bool { (left.until, left.tag) < (right.until, right.tag) }
  }

  private var holds: [UInt64: Hold] = [:]
  private var tags: [ResultKey: UInt64] = [:]
  private var order = Heap<Due>()
  /// Bodies are kept for those who come to wait here while there is room; of the rest the ids alone.
  private let room: HeldRoom

  init(_ room: HeldRoom) { self.room = room }

  var count: Int { holds.count }
  /// When the next is due.
  var nextDue: Instant? {
    mutating get {
      while let first = order.min, holds[first.tag] == nil { order.removeMin() }
      return order.min?.until
    }
  }

  /// Keeps a result: for a time, or until ``removeUntimed()`` if `hold` is nil. One that is spared stays for its time when
  /// the others go.
  mutating func insert(
    _ result: ArrivedResult, _ tag: UInt64, size: Int, hold: Duration?, isSpared: Bool, at now: Instant
  ) {
    let id = result.key
    let fits = room.take(size)
    holds[tag] = Hold(
      id: id, result: fits ? result : nil, size: fits ? size : 0, isTimed: hold != nil, isSpared: isSpared)
    tags[id] = tag
    guard let hold else { return }
    order.insert(Due(tag: tag, until: now + hold, soonest: now + hold * 0.875))
  }

  /// Takes out a result by its id.
  mutating func take(_ id: ResultKey) -> Found? {
    guard let tag = tags[id], let hold = remove(tag) else { return nil }
    return hold.result.map { .result(tag: tag, $0) } ?? .idOnly(tag: tag)
  }

  /// Takes out what is due, and what will be soon, so that it goes together.
  mutating func removeDue(at now: Instant) -> [UInt64] {
    var due: [UInt64] = []
    while let first = order.min, first.soonest <= now || holds[first.tag] == nil {
      order.removeMin()
      if remove(first.tag) != nil { due.append(first.tag) }
    }
    return due
  }

  /// Takes out what has no time.
  mutating func removeUntimed() -> [UInt64] { remove { !$0.isTimed } }
  /// Takes out what is not to be spared another return.
  mutating func removeUnspared() -> [UInt64] { remove { !$0.isSpared } }
  mutating func removeAll() -> [UInt64] { remove { _ in true } }

  private mutating func remove(_ isMeant: (Hold) -> Bool) -> [UInt64] {
    let meant = holds.filter { isMeant($0.value) }.keys
    for tag in meant { _ = remove(tag) }
    if holds.isEmpty { order = Heap() }
    return meant.sorted()
  }

  private mutating func remove(_ tag: UInt64) -> Hold? {
    guard let hold = holds.removeValue(forKey: tag) else { return nil }
    // Another with the same id may have come since.
    if tags[hold.id] == tag { tags[hold.id] = nil }
    room.giveBack(hold.size)
    return hold
  }
}
