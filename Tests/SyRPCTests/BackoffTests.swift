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
}
