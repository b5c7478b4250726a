import TestSupport
import Testing

@testable import SyRPC

/// Serving ends when the results that were sent are confirmed, or have been put otherwise.
@Suite struct UnconfirmedResultsTests {
  @Test func theEndWaitsForWhatIsNotConfirmed() async {
    let (results, ended) = (UnconfirmedResults(), Mark())
    #expect(results.begin(atMost: 2))
    #expect(results.begin(atMost: 2))
    #expect(!results.begin(atMost: 2))
    results.end()
    let finishing = Task {
      await results.finish()
      await ended.set()
    }
    for _ in 0..<100 { await Task.yield() }
    #expect(await !ended.isSet)
    results.end()
    await finishing.value
    #expect(await ended.isSet)
  }

  @Test func whatIsPutOtherwiseIsWaitedFor() async {
    let (results, gate) = (UnconfirmedResults(), Gate())
    #expect(results.begin(atMost: 1))
    results.end { await gate.pass() }
    let finishing = Task { await results.finish() }
    gate.open()
    await finishing.value
  }

  @Test func whoIsCancelledGivesUpWhatIsPutOtherwise() async {
    let (results, cancelled) = (UnconfirmedResults(), Gate())
    for _ in 0..<2 { #expect(results.begin(atMost: 2)) }
    results.end {
      await withTaskCancellationHandler {
        await cancelled.pass()
      } onCancel: {
        cancelled.open()
      }
    }
    let finishing = Task { await results.finish() }
    finishing.cancel()
    await finishing.value
    await cancelled.pass()
    // Also one that fails only then.
    let late = Gate()
    results.end {
      if Task.isCancelled { late.open() }
    }
    await late.pass()
  }

  private actor Mark {
    private(set) var isSet = false
    func set() { isSet = true }
  }
}
