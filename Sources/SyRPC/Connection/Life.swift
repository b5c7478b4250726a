internal import AMQP
internal import NIOConcurrencyHelpers

/// What is known of a connection without asking it, which would take a turn of its thread.
final class Life: Sendable {
  private let began = Moment.now
  private let end = NIOLockedValueBox<Moment?>(nil)

  var isOver: Bool { end.withLockedValue { $0 != nil } }

  /// The connection has ended; only the first time counts.
  func finish() { end.withLockedValue { $0 = $0 ?? .now } }

  /// Whether it lived so long that what ended it has nothing to do with how it began.
  var wasLong: Bool { (end.withLockedValue { $0 } ?? .now) - began > .seconds(5) }
}
