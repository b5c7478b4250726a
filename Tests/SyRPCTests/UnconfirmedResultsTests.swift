import TestSupport
import Testing

@testable import SyRPC

/// Serving ends when the results that were sent are confirmed, or have been put otherwise.
@Suite(.timeLimit(.minutes(1))) struct UnconfirmedResultsTests {
  @Test func theEndWaitsForWhatIsNotConfirmed() async {
    let (results, ended) = (UnconfirmedResults(), Mark())
    #expect(results.begin(atMost: 2))
    #expect(results.begin(atMost: 2))
    #expect(!results.begin(atMost: 2))
    results.end()
    let finishing = finish(results, ended)
    for _ in 0..<100 { await Task.yield() }
    #expect(await !ended.isSet)
    results.end()
    await finishing.value
  }

  @Test func whatIsPutOtherwiseIsWaitedFor() async {
    let (results, gate, ended) = (UnconfirmedResults(), Gate(), Mark())
    #expect(results.begin(atMost: 1))
    results.end { await gate.pass() }
    let finishing = finish(results, ended)
    for _ in 0..<100 { await Task.yield() }
    #expect(await !ended.isSet)
    gate.open()
    await finishing.value
  }

  @Test func whoIsCancelledGivesUpWhatIsPutOtherwise() async {
    let (results, cancelled, late) = (UnconfirmedResults(), Gate(), Gate())
    for _ in 0..<2 { #expect(results.begin(atMost: 2)) }
    func endOnce(isCancelled: Gate) {
      results.end {
        await withTaskCancellationHandler {
          await isCancelled.pass()
        } onCancel: {
          isCancelled.open()
        }
      }
    }
    endOnce(isCancelled: cancelled)
    let finishing = Task { await results.finish() }
    finishing.cancel()
    await finishing.value
    await cancelled.pass()
    // Also one that fails only then.
    endOnce(isCancelled: late)
    await late.pass()
  }

  private func finish(_ results: UnconfirmedResults, _ ended: Mark) -> Task<Void, Never> {
    Task {
      await results.finish()
      await ended.set()
    }
  }

  private actor Mark {
    private(set) var isSet = false
    func set() { isSet = true }
  }
}
