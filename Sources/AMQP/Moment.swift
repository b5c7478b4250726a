/// A point in time, as `ContinuousClock` counts it.
///
/// The system's own type has a size that is known at run time alone, and with it everything that it is a part of; to move that
/// about takes ten times as long.
package struct Moment: Hashable, Comparable, Sendable {
  private static let epoch = ContinuousClock.now
  private let time: Duration

  package static var now: Moment { Moment(time: epoch.duration(to: .now)) }

  package func duration(to other: Moment) -> Duration { other.time - time }

  package static func + (moment: Moment, duration: Duration) -> Moment { Moment(time: moment.time + duration) }
  package static func += (moment: inout Moment, duration: Duration) { moment = moment + duration }
  package static func - (moment: Moment, duration: Duration) -> Moment { Moment(time: moment.time - duration) }
  package static func - (later: Moment, earlier: Moment) -> Duration { later.time - earlier.time }
  package static func < (left: Moment, right: Moment) -> Bool { left.time < right.time }

  private init(time: Duration) { self.time = time }
}
