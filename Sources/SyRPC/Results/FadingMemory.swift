internal import AMQP
internal import SyRPCWire

/// What is remembered of result ids, for as long as it matters.
///
/// Ids come by for as long as anybody waits, which may be for ever; so old ones are forgotten now and then.
struct FadingMemory<Value: Sendable>: Sendable {
  /// So many are remembered without a look at their age.
  static var few: Int { 1024 }

  private let lifetime: Duration
  private var entries: [ResultKey: (value: Value, last: Moment)] = [:]
  /// The number of entries at which those of the past are forgotten.
  private var limit = Self.few

  init(lifetime: Duration) { self.lifetime = lifetime }

  var count: Int { entries.count }

  /// What is remembered of an id, if it is not too old.
  subscript(id: ResultKey, now: Moment) -> Value? {
    entries[id].flatMap { now - $0.last < lifetime ? $0.value : nil }
  }

  mutating func remember(_ value: Value, of id: ResultKey, at now: Moment) {
    entries[id] = (value, now)
    guard entries.count >= limit else { return }
    entries = entries.filter { now - $0.value.last < lifetime }
    // Twice what is left, so that the look at all of them is rare.
    limit = max(Self.few, 2 * entries.count)
  }

  mutating func forget(_ id: ResultKey) { entries[id] = nil }
  mutating func forgetAll() { entries.removeAll() }
}
