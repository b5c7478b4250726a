import AMQP
import Testing

@testable import InteropBroker
@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct BrokerWatchTests {
  /// Nobody is there.
  private let watch = BrokerWatch(BrokerAddress(host: "127.0.0.1", port: 1))
  private let end = BrokerError(code: .ended, message: "it fell over")
  private static func never<Value>() async throws -> Value {
    while true { try await Task.sleep(for: .seconds(1000)) }
  }

  @Test func whatRunsReturns() async throws {
    #expect(try await watch.run(until: { try await Self.never() }, { 17 }) == 17)
    #expect(await watch.end == nil)
  }

  @Test func whatRunsThrows() async throws {
    await #expect(throws: InteropError.self) {
      let fail: @Sendable () async throws -> Int = { throw InteropError("no") }
      _ = try await watch.run(until: { try await Self.never() }, fail)
    }
  }

  @Test func whatRunsIsCancelledWhenTheBrokerEnds() async throws {
    let end = end
    let error = await #expect(throws: BrokerError.self) {
      try await watch.run(until: { end }, { try await Self.never() as Int })
    }
    #expect(error == end)
    #expect(await watch.end == end)
    await #expect(throws: end) { try await watch.check() }
  }

  @Test func thatNobodyCanTellTheEndIsAnEnd() async throws {
    let error = await #expect(throws: BrokerError.self) {
      try await watch.run(until: { throw InteropError("the guard is gone") }, { try await Self.never() as Int })
    }
    #expect(error?.message == "the broker has ended: the guard is gone")
  }

  @Test func cancellationIsNoEnd() async throws {
    let watch = watch
    let task = Task { try await watch.run(until: { try await Self.never() }, { try await Self.never() as Int }) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(await watch.end == nil)
  }

  @Test func oneThatDoesNotAnswerIsGone() async throws {
    let error = await #expect(throws: BrokerError.self) { try await watch.check() }
    #expect(error?.message == "the broker at 127.0.0.1:1 does not complete a handshake any longer")
    let refused = try await watch.waitForEndOfConnection()
    #expect(refused.message.hasPrefix("the broker at 127.0.0.1:1 cannot be reached any longer: "))
  }
}
