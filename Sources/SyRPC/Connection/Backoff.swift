/// How long to wait before the next attempt to connect.
///
/// Twice as long after each failure, and spread, so that many processes that lost one broker do not come back at once.
struct Backoff: Sendable {
  private let delays: ClosedRange<Duration>
  private var failures = 0

  init(_ delays: ClosedRange<Duration>) {
    // Without any, waiting for a broker that is down would be a busy wait.
    let shortest = max(delays.lowerBound, .milliseconds(1))
    self.delays = shortest...max(delays.upperBound, shortest)
  }

  mutating func failed() { failures += 1 }
  mutating func reset() { failures = 0 }

  /// The pause that is due: none before the first attempt. `jitter`, 0 ..< 1, spreads it over its upper half.
  func pause(jitter: Double = .random(in: 0..<1)) -> Duration {
    guard failures > 0 else { return .zero }
    let doublings = min(failures - 1, 20)
    return min(delays.lowerBound * (1 << doublings), delays.upperBound) * (0.5 + jitter / 2)
  }
}
