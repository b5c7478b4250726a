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
/// go back quickly enough to be found, and slowly enough neither to spin between two consumers nor to be dropped by a
/// queue that counts (``ReturnPolicy``). What is held is given back together.
struct ResultDesk {
  typealias Waiter = Int
  typealias Instant = Moment

  enum Action: Equatable {
    /// Declare the queue and consume it.
    case start
    /// Cancel the consumer.
    case stop
    case acknowledge(UInt64)
    case giveBack([UInt64])
    case finish(Waiter, ArrivedResult)
    /// Call ``due(at:)`` then.
    case wake(at: Instant)
  }

  /// How a result came by.
  struct Arrival {
    var tag: UInt64
    /// Of its body, in bytes.
    var size = 0
    /// How often it has been returned, where the queue counts that.
    var deliveryCount: Int?
  }

  /// So many in a queue that nobody here consumed are a backlog: those who wait elsewhere have seen them.
  static let backlog = 100
  /// Others have taken what is left of a backlog of which nothing comes for so long.
  static let longestPause = Duration.seconds(1)

  /// For so long the queue is consumed after the last waiter got its result, so that the next finds a consumer. A foreign
  /// result ends it: who waits for that one is to have it.
  static let linger = Duration.seconds(2)

  /// A result that was not seen for so long has most likely been taken. If not, it is returned at once a few times more.
  static let longestMemory = Duration.seconds(60)

  private let messageTTL: Duration
  private let policy: ReturnPolicy
  private var waiters: [ExactString: [Waiter]] = [:]
  /// Those who look once; what they come across is held until they are done.
  private var lookers: Set<Waiter> = []
  private var held: HeldResults
  private let room: HeldRoom
  private var sightings: FadingMemory<Int>
  private var alarm: Instant?
  /// How many went back together last: as many come again.
  private var crowd = 0
  /// How much of the backlog is still to come; until when the next is waited for, and all of it.
  private var expected: (count: Int, end: Instant, limit: Instant)?
  /// Whether the queue is to be consumed.
  private(set) var isConsuming = false
  /// Until when it is consumed though nobody waits.
  private var lingering: Instant?

  /// - Parameters:
  ///   - messageTTL: how long messages live.
  ///   - room: for what is held, which others may share.
  init(messageTTL: Duration, room: HeldRoom = HeldRoom()) {
    self.messageTTL = messageTTL
    self.room = room
    held = HeldResults(room)
    policy = ReturnPolicy(messageTTL: messageTTL)
    sightings = FadingMemory(lifetime: min(messageTTL, Self.longestMemory))
  }

  var isIdle: Bool { waiters.isEmpty }
  /// How many foreign results are held.
  var heldCount: Int { held.count }
  /// How many foreign results are remembered.
  var rememberedSightings: Int { sightings.count }
  /// Whether somebody here waits for a result.
  func awaits(_ resultID: String) -> Bool { waiters[ExactString(resultID)] != nil }
  var allWaiters: [Waiter] { waiters.values.flatMap(\.self) }

  // MARK: - Who waits

  /// Someone waits for a result.
  mutating func add(_ waiter: Waiter, for resultID: String) -> [Action] {
    lingering = nil
    let (actions, isFinished) = enter(waiter, ExactString(resultID))
    guard !isFinished, !isConsuming else { return actions }
    isConsuming = true
    return actions + [.start]
  }

  /// Someone looks once: gets what is in the queue, and says when that is all.
  mutating func look(_ waiter: Waiter, for resultID: String) -> [Action] {
    let (actions, isFinished) = enter(waiter, ExactString(resultID))
    if !isFinished { lookers.insert(waiter) }
    return actions
  }

  private mutating func enter(_ waiter: Waiter, _ id: ExactString) -> ([Action], isFinished: Bool) {
    switch held.take(id) {
    case .result(let tag, let result): return ([.acknowledge(tag), .finish(waiter, result)], true)
    case .idOnly(let tag):
      waiters[id, default: []].append(waiter)
      return ([.giveBack([tag])], false)
    case nil:
      waiters[id, default: []].append(waiter)
      return ([], false)
    }
  }

  /// Someone waits no longer.
  mutating func remove(_ waiter: Waiter, for resultID: String) -> [Action] {
    let id = ExactString(resultID)
    guard var others = waiters[id], let index = others.firstIndex(of: waiter) else { return [] }
    others.remove(at: index)
    waiters[id] = others.isEmpty ? nil : others
    return leave([waiter])
  }

  /// All waiters go at once, and everything goes back.
  mutating func close() -> [Action] {
    waiters.removeAll()
    lookers.removeAll()
    return stop { $0.removeAll() }
  }

  /// The connection is gone, and every hold with it. Gives the waiters.
  mutating func abandon() -> [Waiter] {
    _ = held.removeAll()
    defer { self = ResultDesk(messageTTL: messageTTL, room: room) }
    return allWaiters
  }

  /// What follows when some wait no longer.
  private mutating func leave(_ gone: [Waiter]) -> [Action] {
    let wasLooking = !lookers.isEmpty
    lookers.subtract(gone)
    let seen = wasLooking && lookers.isEmpty ? held.removeUntimed() : []
    let actions: [Action] = seen.isEmpty ? [] : [.giveBack(seen)]
    return isIdle ? actions + stop { $0.removeUnspared() } : actions
  }

  /// What follows when some got their result.
  private mutating func finish(_ finished: [Waiter], at now: Instant) -> [Action] {
    guard isConsuming, isIdle, lookers.isEmpty, held.count == 0, expected == nil else {
      return leave(finished)
    }
    lingering = now + Self.linger
    return wake()
  }

  /// The last waiter has gone: the consumer is cancelled before the holds are given back, lest they come again.
  private mutating func stop(_ release: (inout HeldResults) -> [UInt64]) -> [Action] {
    let actions: [Action] = isConsuming ? [.stop] : []
    isConsuming = false
    lingering = nil
    expected = nil
    sightings.forgetAll()
    let released = release(&held)
    return released.isEmpty ? actions : actions + [.giveBack(released)]
  }

  // MARK: - What comes by

  /// The queue is being consumed from now on; `backlog` messages were in it.
  ///
  /// Whoever consumes a queue has what is in it, so nobody waits for these at the moment. And given back one by one, the
  /// first of many would come again before the last.
  mutating func consumed(backlog: Int, at now: Instant) {
    let limit = now + policy.longest
    expected = backlog > Self.backlog ? (backlog, min(now + Self.longestPause, limit), limit) : nil
  }

  /// A result came by.
  mutating func receive(
    _ result: ArrivedResult, _ arrival: Arrival, at now: Instant, jitter: @autoclosure () -> Double
  ) -> [Action] {
    let id = ExactString(result.resultID)
    let backlog = countDown(at: now)
    if let finished = waiters.removeValue(forKey: id) {
      sightings.forget(id)
      return [.acknowledge(arrival.tag)] + finished.map { .finish($0, result) }
        + finish(finished, at: now)
    }
    guard lookers.isEmpty else {
      held.insert(result, arrival.tag, size: arrival.size, hold: nil, isSpared: false, at: now)
      return []
    }
    var sighting = ReturnPolicy.Sighting(before: 0, counted: arrival.deliveryCount)
    // With no waiters the consumer is cancelled: no more is kept than must be.
    let ending = isIdle && isConsuming ? stop { $0.removeUnspared() } : []
    if isIdle, !policy.isSpared(sighting) { return ending + [.giveBack([arrival.tag])] }
    sighting.before = sightings[id, now] ?? 0
    sighting.isBacklog = backlog > 0
    sighting.held = max(held.count + backlog, crowd)
    // Once it was part of a backlog, it is not given back at once either.
    sightings.remember(max(sighting.before + 1, sighting.isBacklog ? ReturnPolicy.free : 0), of: id, at: now)
    guard let hold = policy.hold(sighting, jitter: jitter()) else {
      return ending + [.giveBack([arrival.tag])]
    }
    held.insert(
      result, arrival.tag, size: arrival.size, hold: hold, isSpared: policy.isSpared(sighting), at: now)
    return ending + wake()
  }

  /// How much of the backlog there is, the one that has just come included; 0 if that is no part of it.
  private mutating func countDown(at now: Instant) -> Int {
    guard let (count, end, limit) = expected, now < end else {
      expected = nil
      return 0
    }
    expected = count > 1 ? (count - 1, min(now + Self.longestPause, limit), limit) : nil
    return count
  }

  /// Gives back what has been held long enough.
  mutating func due(at now: Instant) -> [Action] {
    guard let alarm, now >= alarm else { return [] }
    self.alarm = nil
    if let lingering, now >= lingering { return stop { $0.removeUnspared() } }
    // Not before the last has come, however slow that is.
    if let expected, now < expected.end { return wake() }
    let due = held.removeDue(at: now)
    crowd = due.count
    return (due.isEmpty ? [] : [.giveBack(due)]) + wake()
  }

  /// Asks for a call when the next is due, unless one is to come before.
  private mutating func wake() -> [Action] {
    guard let due = [held.nextDue, lingering].compactMap(\.self).min() else { return [] }
    let next = max(due, expected?.end ?? due)
    guard alarm.map({ next < $0 }) ?? true else { return [] }
    alarm = next
    return [.wake(at: next)]
  }
}
