#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A point in time, on a clock that goes on while the system sleeps: that of `ContinuousClock`.
///
/// Its own type has a size that is known at run time alone, and with it everything that it is a part of, and it counts in 128
/// bits: to move such values about, and to compare them, takes ten times as long.
package struct Moment: Hashable, Comparable, Sendable {
  /// Since the system began.
  private let nanoseconds: Int64

  package static var now: Moment {
    #if canImport(Darwin)
      Moment(nanoseconds: Int64(clamping: clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW)))
    #else
      var time = timespec()
      // It cannot fail for a clock that there is.
      clock_gettime(CLOCK_BOOTTIME, &time)
      return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    #endif
  }

  /// How long it was from another until this one, in nanoseconds.
  package func nanoseconds(since other: Moment) -> Int64 { nanoseconds - other.nanoseconds }
  package func duration(to other: Moment) -> Duration { other - self }

  package static func + (moment: Moment, duration: Duration) -> Moment {
    let (sum, isOver) = moment.nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
    return Moment(nanoseconds: isOver ? (duration < .zero ? .min : .max) : sum)
  }
  package static func += (moment: inout Moment, duration: Duration) { moment = moment + duration }
  package static func - (moment: Moment, duration: Duration) -> Moment {
    moment + (.zero - duration)
  }
  package static func - (later: Moment, earlier: Moment) -> Duration { .nanoseconds(later.nanoseconds(since: earlier)) }
  package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

  private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

extension Duration {
  /// Rounded up; three hundred years for more, of either sign.
  package var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds.magnitude < 9_000_000_000 else {
      return seconds < 0 ? -9_000_000_000_000_000_000 : 9_000_000_000_000_000_000
    }
    return seconds * 1_000_000_000 + (attoseconds + (attoseconds > 0 ? 999_999_999 : 0)) / 1_000_000_000
  }
}
