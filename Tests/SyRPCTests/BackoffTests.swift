import Testing

@testable import SyRPC

@Suite struct BackoffTests {
  @Test func pausesDoubleAreSpreadAndBounded() {
    var backoff = Backoff(.milliseconds(100)...(.seconds(1)))
    #expect(backoff.pause() == .zero)
    backoff.failed()
    #expect(backoff.pause(jitter: 0) == .milliseconds(50))
    #expect(backoff.pause(jitter: 1) == .milliseconds(100))
    backoff.failed()
    #expect(backoff.pause(jitter: 1) == .milliseconds(200))
    for _ in 0..<100 { backoff.failed() }
    #expect(backoff.pause(jitter: 1) == .seconds(1))
    backoff.reset()
    #expect(backoff.pause() == .zero)
  }

  /// Waiting for a broker that is down is no busy wait, whatever is configured.
  @Test(arguments: [Duration.zero...(.zero), .seconds(-2)...(.seconds(-1))])
  func thereIsAlwaysAPause(_ delays: ClosedRange<Duration>) {
    var backoff = Backoff(delays)
    backoff.failed()
    #expect(backoff.pause(jitter: 0) == .microseconds(500))
  }
}
