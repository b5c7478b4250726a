internal import Foundation

/// How long a foreign result is held before it goes back to its queue.
///
/// Whoever waits for it elsewhere finds it only when it is given back, so the first returns are immediate. Later ones come
/// after pauses that grow: a result that has been round so often most likely has nobody who waits for it now.
///
/// A quorum queue counts the returns of a message, by whichever consumer, and drops it after more than the delivery
/// limit, 20 by default from RabbitMQ 4.0 on (RabbitMQ, "Quorum Queues", Poison Message Handling). There the pauses grow
/// so fast that a result lives out its time to live within that limit, with some returns to spare for consumers that
/// close or crash, however many processes return it.
struct ReturnPolicy: Sendable {
  /// How many returns are immediate.
  static let free = 8
  static let shortestHold = Duration.milliseconds(5)
  /// The longest hold where returns are not counted, for few results.
  static let longestUncountedHold = Duration.milliseconds(100)
  /// How many pauses lie between the shortest and the longest where returns are counted.
  static let countedSteps = 5
  /// Many results are held longer, so that walking them again takes a small part of the time.
  static let holdForEach = Duration.microseconds(500)
  /// Half of RabbitMQ's default `consumer_timeout`, after which it closes the channel.
  static let longestHold = Duration.seconds(900)

  /// A foreign result has come by.
  struct Sighting {
    /// How often this process has seen it before.
    var before: Int
    /// How often it has been returned by anybody, where the queue counts that.
    var counted: Int?
    /// Whether it was in the queue before anybody here consumed it.
    var isBacklog = false
    /// How many results are held here, or will be.
    var held = 0
  }

  /// No hold is longer: well within the time that a result lives.
  let longest: Duration

  init(messageTTL: Duration) { longest = min(messageTTL / 4, Self.longestHold) }

  /// How long to hold a result; nil to return it at once. `jitter`, 0 ..< 1, spreads the pauses where two processes might
  /// keep in step.
  func hold(_ sighting: Sighting, jitter: @autoclosure () -> Double) -> Duration? {
    let returns = max(sighting.before, sighting.counted ?? 0, sighting.isBacklog ? Self.free : 0)
    guard returns >= Self.free else { return nil }
    let hold = sighting.counted == nil ? uncounted(returns - Self.free, jitter()) : counted(returns - Self.free)
    return min(max(hold, Self.holdForEach * sighting.held), longest)
  }

  /// Whether a result is held for its time also when nobody here waits any longer: another return might be its last.
  func isSpared(_ sighting: Sighting) -> Bool { sighting.counted ?? 0 >= Self.free }

  private func uncounted(_ step: Int, _ jitter: Double) -> Duration {
    min(Self.shortestHold * (1 << min(step, 10)), Self.longestUncountedHold) * (0.5 + jitter / 2)
  }

  /// Each pause is as many times the one before as makes the last the longest.
  private func counted(_ step: Int) -> Duration {
    guard step < Self.countedSteps, longest > Self.shortestHold else { return longest }
    return Self.shortestHold * pow(longest / Self.shortestHold, Double(step) / Double(Self.countedSteps))
  }
}
