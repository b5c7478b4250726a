import InteropReport
import InteropSupport
import Testing

/// What is shown while a run lasts.
@Suite struct RunProgressTests {
  @Test func itSaysHowMuchIsDoneAndHowLongTheRestTakes() {
    var progress = RunProgress(total: 200, of: "cells")
    #expect(progress.line(at: .zero) == "0 of 200 cells")
    for second in 1...50 { progress.note(isUnexpected: false, at: .seconds(second)) }
    #expect(progress.line(at: .seconds(50)) == "50 of 200 cells, 3 min left")
  }

  @Test func itSaysWhoIsToBlameMostFirst() {
    var progress = RunProgress(total: 4, of: "cells")
    progress.note(isUnexpected: true, ["node"], at: .zero)
    progress.note(isUnexpected: true, ["php", "node"], at: .zero)
    progress.note(isUnexpected: true, ["nobody"], at: .zero)
    #expect(progress.line(at: .zero) == "3 of 4 cells, 3 not as expected (node 2, nobody 1, php 1)")
  }

  @Test func inTheEndThereIsNoTimeLeft() {
    var progress = RunProgress(total: 2, of: "defects")
    for second in [10, 20] { progress.note(isUnexpected: false, at: .seconds(second)) }
    #expect(progress.line(at: .seconds(20)) == "2 of 2 defects")
  }
}

@Suite struct TimingsTests {
  @Test func whatIsMeasuredIsAddedUpAndShown() {
    let timings = Timings()
    timings.add(.seconds(100), to: .calls)
    timings.add(.milliseconds(23_460), to: .calls)
    timings.add(.milliseconds(7_000), to: .broker)
    let lines = TimingsTable(timings, total: .seconds(65), parallel: 6).lines
    #expect(
      lines == [
        "Where the time went, in seconds; the run took 65.0 s.",
        "What was done at the same time, for up to 6 cells, is added up:",
        "  broker       7.0  starting and stopping it, and looking into its queues",
        "  calls      123.5  requests and results, and the connections for them",
      ])
    #expect(lines.allSatisfy { $0.count <= 80 })
  }

  @Test func aSpanIsMeasuredWhereSomebodyWantsToKnow() async {
    let timings = Timings()
    Timings.Span(.judging).end()
    await Timings.$current.withValue(timings) {
      let span = Timings.Span(.judging)
      // As those who run a lane do: in a task of the group.
      await withTaskGroup(of: Void.self) { tasks in tasks.addTask { Timings.Span(.writing).end() } }
      span.end()
    }
    #expect(timings.all.map(\.activity) == [.judging, .writing])
  }
}
