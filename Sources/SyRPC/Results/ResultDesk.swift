internal import AMQP
internal import SyRPCWire

/// A result as it came by. Its payload may be one that cannot be held.
struct ArrivedResult: Equatable {
  let key: ResultKey
  let data: Result<JSON, MessageError>

  init(resultID: String, data: Result<JSON, MessageError>) {
    key = ResultKey(resultID)
    self.data = data
  }

  var resultID: String { key.resultID }
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

  /// Those who wait for one result: as a rule it is one.
  private struct Waiters {
    private let first: Waiter
    private var others: [Waiter] = []

    init(_ waiter: Waiter) { first = waiter }
    private init(_ all: [Waiter]) {
      first = all[0]
      others = Array(all.dropFirst())
    }

    var all: [Waiter] { others.isEmpty ? [first] : [first] + others }
    mutating func add(_ waiter: Waiter) { others.append(waiter) }

    /// Nil if they were the only one.
    func without(_ waiter: Waiter) -> Waiters? {
      let rest = all.filter { $0 != waiter }
      return rest.isEmpty ? nil : Waiters(rest)
    }

    func contains(_ waiter: Waiter) -> Bool { all.contains(waiter) }
  }

  private let messageTTL: Duration
  private let policy: ReturnPolicy
  private var waiters: [ResultKey: Waiters] = [:]
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
  func awaits(_ resultID: String) -> Bool { waiters[ResultKey(resultID)] != nil }
  var allWaiters: [Waiter] { waiters.values.flatMap(\.all) }

  // MARK: - Who waits

  /// Someone waits for a result.
  mutating func add(_ waiter: Waiter, for key: ResultKey) -> [Action] {
    lingering = nil
    let (actions, isFinished) = enter(waiter, key)
    guard !isFinished, !isConsuming else { return actions }
    isConsuming = true
    return actions + [.start]
  }

  /// Someone looks once: gets what is in the queue, and says when that is all.
  mutating func look(_ waiter: Waiter, for key: ResultKey) -> [Action] {
    let (actions, isFinished) = enter(waiter, key)
    if !isFinished { lookers.insert(waiter) }
    return actions
  }

  private mutating func enter(_ waiter: Waiter, _ key: ResultKey) -> ([Action], isFinished: Bool) {
    switch held.take(key) {
    case .result(let tag, let result): return ([.acknowledge(tag), .finish(waiter, result)], true)
    case .idOnly(let tag):
      note(waiter, key)
      return ([.giveBack([tag])], false)
    case nil:
      note(waiter, key)
      return ([], false)
    }
  }

  private mutating func note(_ waiter: Waiter, _ key: ResultKey) {
    // One look-up for all but the rare second who waits for the same.
    if let others = waiters.updateValue(Waiters(waiter), forKey: key) {
      var all = others
      all.add(waiter)
      waiters[key] = all
    }
  }

  /// Someone waits no longer.
  mutating func remove(_ waiter: Waiter, for key: ResultKey) -> [Action] {
    guard let all = waiters[key], all.contains(waiter) else { return [] }
    waiters[key] = all.without(waiter)
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

  /// Those who wait for a result that has come get it.
  ///
  /// - Returns: who they are, and what follows; nil if nobody waits for it.
  mutating func claim(_ key: ResultKey, at now: Instant) -> (waiters: [Waiter], rest: [Action])? {
    guard let found = waiters.removeValue(forKey: key) else { return nil }
    _ = countDown(at: now)
    if sightings.count > 0 { sightings.forget(key) }
    let all = found.all
    return (all, finish(all, at: now))
  }

  /// A result came by.
  mutating func receive(
    _ result: ArrivedResult, _ arrival: Arrival, at now: Instant, jitter: @autoclosure () -> Double
  ) -> [Action] {
    let id = result.key
    if let (finished, rest) = claim(id, at: now) {
      return [.acknowledge(arrival.tag)] + finished.map { .finish($0, result) } + rest
    }
    let backlog = countDown(at: now)
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
    guard let due = held.nextDue.map({ min($0, lingering ?? $0) }) ?? lingering else { return [] }
    let next = max(due, expected?.end ?? due)
    guard alarm.map({ next < $0 }) ?? true else { return [] }
    alarm = next
    return [.wake(at: next)]
  }
}
