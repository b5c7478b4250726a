internal import AMQP
internal import Synchronization

/// What is known of a connection without asking it, which would take a turn of its thread.
final class Life: Sendable {
  private let began = ContinuousClock.now
  private let end = Mutex<ContinuousClock.Instant?>(nil)

  var isOver: Bool { end.withLock { $0 != nil } }

  /// The connection has ended; only the first time counts.
  func finish() { end.withLock { $0 = $0 ?? .now } }

  /// Whether it lived so long that what ended it has nothing to do with how it began.
  var wasLong: Bool { (end.withLock { $0 } ?? .now) - began > .seconds(5) }
}
