internal import AMQP
internal import SyRPCWire

/// A result as it came by. Its payload may be one that cannot be held.
struct ArrivedResult: Equatable {
  let resultID: String
  let data: Result<JSON, MessageError>
}

/// Who waits for which result of one result queue, and what to do with those that nobody here waits for.
///
/// A value that says what to do and does nothing itself. The queue is shared: other processes' results come by, and must
/// go back quickly enough to be found, and slowly enough not to spin between two consumers. So the first sightings of a
/// foreign result are rejected at once, later ones after a pause that grows and is spread.
struct ResultDesk {
  typealias Waiter = Int

  enum Action: Equatable {
    /// Declare the queue and consume it.
    case start
    /// Cancel the consumer.
    case stop
    case acknowledge(UInt64)
    case requeue(UInt64)
    case finish(Waiter, ArrivedResult)
    /// Call ``due(at:)`` then.
    case wake(at: ContinuousClock.Instant)
  }

  struct Hold {
    let tag: UInt64
    let result: ArrivedResult
    let until: ContinuousClock.Instant
  }

  /// How many sightings of a foreign result are rejected without a pause.
  static let free = 8
  static let shortestHold = Duration.milliseconds(5)
  static let longestHold = Duration.milliseconds(100)

  /// A result that was not seen for so long has most likely been taken. If not, it is rejected at once a few times more.
  static let longestMemory = Duration.seconds(60)

  private let messageTTL: Duration
  private var waiters: [ExactString: [Waiter]] = [:]
  private var holds: [Hold] = []
  private var sightings: FadingMemory<Int>

  init(messageTTL: Duration) {
    self.messageTTL = messageTTL
    sightings = FadingMemory(lifetime: min(messageTTL, Self.longestMemory))
  }

  var isIdle: Bool { waiters.isEmpty }
  /// How many foreign results are remembered.
  var rememberedSightings: Int { sightings.count }
  /// Whether somebody here waits for a result.
  func awaits(_ resultID: String) -> Bool { waiters[ExactString(resultID)] != nil }
  var allWaiters: [Waiter] { waiters.values.flatMap(\.self) }

  /// Someone waits for a result.
  mutating func add(_ waiter: Waiter, for resultID: String) -> [Action] {
    let id = ExactString(resultID)
    if let index = holds.firstIndex(where: { ExactString($0.result.resultID) == id }) {
      let hold = holds.remove(at: index)
      return [.acknowledge(hold.tag), .finish(waiter, hold.result)] + (isIdle ? stop() : [])
    }
    defer { waiters[id, default: []].append(waiter) }
    return isIdle ? [.start] : []
  }

  /// Someone waits no longer.
  mutating func remove(_ waiter: Waiter, for resultID: String) -> [Action] {
    let id = ExactString(resultID)
    guard var others = waiters[id], let index = others.firstIndex(of: waiter) else { return [] }
    others.remove(at: index)
    waiters[id] = others.isEmpty ? nil : others
    return isIdle ? stop() : []
  }

  /// A result came by.
  mutating func receive(
    _ result: ArrivedResult, _ tag: UInt64, at now: ContinuousClock.Instant, jitter: Double
  ) -> [Action] {
    let id = ExactString(result.resultID)
    if let finished = waiters.removeValue(forKey: id) {
      sightings.forget(id)
      return [.acknowledge(tag)] + finished.map { .finish($0, result) } + (isIdle ? stop() : [])
    }
    // With no waiters the consumer is being cancelled: nothing is kept.
    guard !isIdle else { return [.requeue(tag)] }
    let count = (sightings[id, now] ?? 0) + 1
    sightings.remember(count, of: id, at: now)
    guard count > Self.free else { return [.requeue(tag)] }
    let until = now + pause(sighting: count, jitter: jitter)
    holds.append(Hold(tag: tag, result: result, until: until))
    return [.wake(at: until)]
  }

  /// Gives back what has been held long enough.
  mutating func due(at now: ContinuousClock.Instant) -> [Action] {
    let due = holds.filter { $0.until <= now }
    holds.removeAll { $0.until <= now }
    return due.map { .requeue($0.tag) }
  }

  /// The connection is gone, and every hold with it. Gives the waiters.
  mutating func abandon() -> [Waiter] {
    defer { self = ResultDesk(messageTTL: messageTTL) }
    return allWaiters
  }

  /// All waiters go at once.
  mutating func close() -> [Action] {
    guard !isIdle else { return [] }
    waiters.removeAll()
    return stop()
  }

  /// The last waiter has gone: the consumer is cancelled before the holds are given back, lest they come again.
  private mutating func stop() -> [Action] {
    defer {
      holds.removeAll()
      sightings.forgetAll()
    }
    return [.stop] + holds.map { .requeue($0.tag) }
  }

  /// How long a result is held. `jitter`, 0 ..< 1, spreads it.
  private func pause(sighting: Int, jitter: Double) -> Duration {
    let doublings = min(sighting - Self.free - 1, 10)
    let pause = min(Self.shortestHold * (1 << doublings), Self.longestHold)
    // A hold must end well before the message does: it would be gone when it is given back.
    return min(pause * (0.5 + jitter / 2), messageTTL / 4)
  }
}
