import AMQP
import SyRPCWire
import TestSupport
import Testing

@testable import SyRPC

@Suite(.timeLimit(.minutes(1))) struct ImmediateCallTests {
  private let puts = Counter()
  private let lost = AMQPError(.connectionLost, "gone")

  private func call(publishTimeout: Duration = .seconds(60), timeout: Duration? = nil) -> ImmediateCall {
    ImmediateCall(publishTimeout: publishTimeout, timeout: timeout) { [puts] in puts.add(1) }
  }

  @Test func aResultCompletesACallThatIsNotConfirmed() async throws {
    let call = call()
    call.received(.success(1))
    guard case .result(let result) = await call.outcome() else {
      Issue.record("no result")
      return
    }
    #expect(try result.get() == 1)
    #expect(puts.now == 1)
    // The confirm comes, or not, when nobody minds.
    call.confirmed(.failure(lost))
    call.confirmed(.success(()))
    #expect(puts.now == 1)
    #expect(call.finish().putAt != nil)
  }

  @Test func aRequestThatIsNotPutEndsTheCall() async {
    let call = call()
    call.confirmed(.failure(lost))
    guard case .notPut(let error) = await call.outcome() else {
      Issue.record("put")
      return
    }
    #expect(error as? AMQPError == lost)
    #expect(puts.now == 0)
    #expect(call.finish().putAt == nil)
  }

  @Test(arguments: [true, false])
  func aLostConnectionForTheResultIsToldWhenTheRequestIsPut(confirmedFirst: Bool) async {
    let call = call()
    if confirmedFirst { call.confirmed(.success(())) }
    call.received(.failure(lost))
    if !confirmedFirst { call.confirmed(.success(())) }
    guard case .lost = await call.outcome() else {
      Issue.record("not lost")
      return
    }
    #expect(puts.now == 1)
  }

  @Test func theTimeForThePutIsOverBeforeThatForTheResultBegins() async {
    let call = call(publishTimeout: .milliseconds(10), timeout: .seconds(60))
    guard case .timedOut = await call.outcome() else {
      Issue.record("no timeout")
      return
    }
    #expect(call.finish().putAt == nil)
  }

  @Test func theTimeForTheResultBeginsWhenTheRequestIsPut() async {
    let call = call(timeout: .milliseconds(10))
    call.confirmed(.success(()))
    guard case .timedOut = await call.outcome() else {
      Issue.record("no timeout")
      return
    }
    #expect(call.finish().putAt != nil)
  }

  @Test func aResultThatWasTakenIsThereWhateverTheOutcome() async {
    let call = call(publishTimeout: .zero)
    guard case .timedOut = await call.outcome() else {
      Issue.record("no timeout")
      return
    }
    call.received(.success(1))
    #expect(call.finish().result == 1)
    // Too late for anything.
    call.confirmed(.success(()))
    #expect(puts.now == 1)
  }

  @Test func aCancelledTaskWaitsNoLonger() async {
    let call = call()
    let waiting = Task { await call.outcome() }
    waiting.cancel()
    guard case .cancelled = await waiting.value else {
      Issue.record("not cancelled")
      return
    }
  }
}
