import InteropReport
import Testing

/// How long something is said to take.
@Suite struct PaceTests {
  /// Something of which so many are done, each after so long.
  private func pace(_ total: Int, _ steps: [(count: Int, each: Duration)]) -> (pace: Pace, time: Duration) {
    var pace = Pace(total: total)
    var time = Duration.zero
    for step in steps {
      for _ in 0..<step.count {
        time += step.each
        pace.advance(at: time)
      }
    }
    return (pace, time)
  }

  @Test func theRestTakesAsLongAsWhatIsDone() {
    let (pace, time) = pace(100, [(count: 25, each: .seconds(1))])
    #expect(pace.done == 25)
    #expect(pace.timeLeft(at: time) == .seconds(75))
  }

  @Test func whatWentLastCounts() throws {
    let (pace, time) = pace(1100, [(count: 1000, each: .milliseconds(10)), (count: 40, each: .seconds(2))])
    let left = try #require(pace.timeLeft(at: time))
    #expect(left > .seconds(100) && left < .seconds(130), "60 at 2 s each, and not at 10 ms: \(left)")
  }

  @Test func whatIsStuckTakesLongerAndLonger() throws {
    let (pace, time) = pace(20, [(count: 10, each: .seconds(1))])
    let (now, later) = try (#require(pace.timeLeft(at: time)), #require(pace.timeLeft(at: time * 3)))
    #expect(now == .seconds(10))
    #expect(later == .seconds(30))
  }

  @Test func atFirstNothingCanBeSaid() {
    #expect(Pace(total: 10).timeLeft(at: .seconds(60)) == nil)
    let (pace, time) = pace(100, [(count: 10, each: .milliseconds(100))])
    #expect(pace.timeLeft(at: time) == nil)
  }

  @Test(arguments: [
    (Duration.milliseconds(1), "5 s"), (.seconds(36), "40 s"), (.seconds(59), "60 s"), (.seconds(60), "1 min"),
    (.seconds(61), "2 min"), (.seconds(3600), "1 h 0 min"), (.seconds(4810), "1 h 21 min"),
  ])
  func aTimeIsAsExactAsAnEstimate(_ time: Duration, _ text: String) { #expect(time.roughly == text) }
}
