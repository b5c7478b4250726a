import Testing
import SyRPCWire
import TestSupport

@testable import AMQP

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Tasks that prefer a connection's thread.
@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ConnectionExecutorTests {
  /// Which thread runs the caller, after it has waited for something.
  private static func thread() async -> UInt {
    await Task.yield()
    return UInt(bitPattern: pthread_self().hashValue)
  }

  private static func thread(of connection: AMQPConnection) async -> UInt {
    await withCheckedContinuation { continuation in
      connection.submit { _ in continuation.resume(returning: UInt(bitPattern: pthread_self().hashValue)) }
    }
  }

  @Test func theyRunOnTheConnectionThatThereIs() async throws {
    let executor = ConnectionExecutor()
    // Somewhere, while there is none.
    await withTaskExecutorPreference(executor) { _ = await Self.thread() }
    for _ in 0..<2 {
      let connection = try await connect()
      executor.use(connection)
      let own = await Self.thread(of: connection)
      let others = await withTaskExecutorPreference(executor) { await Self.thread() }
      #expect(others == own)
      await connection.close()
      // Its thread may be on its way out; tasks run all the same.
      await withTaskExecutorPreference(executor) { _ = await Self.thread() }
    }
  }

  /// With it go its descriptors, though nobody asks the executor for anything more.
  @Test func aThreadThatHasEndedIsNotKept() async throws {
    let executor = ConnectionExecutor()
    let thread = WeakBox<OwnerThread>()
    do {
      let connection = try await connect()
      executor.use(connection)
      await thread.set(connection.thread)
      await connection.close()
      // Also one that ended before it was used.
      executor.use(connection)
    }
    while thread.value != nil { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// What they put goes out with the thread's turn, on another connection whose own thread sleeps.
  @Test func whatTheyPostElsewhereIsSent() async throws {
    try await withQueue { connection, binding in
      let other = try await connect()
      let executor = ConnectionExecutor()
      executor.use(other)
      let destination = Destination(exchange: binding.exchange, routingKey: binding.routingKey)
      await withTaskExecutorPreference(executor) {
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<100 {
            group.addTask {
              for _ in 0..<10 {
                await withCheckedContinuation { continuation in
                  let isPosted = connection.postAtOnce([UInt8(number)], to: destination) { outcome in
                    if case .failure(let error) = outcome { Issue.record("\(error)") }
                    continuation.resume()
                  }
                  if !isPosted {
                    Issue.record("not posted")
                    continuation.resume()
                  }
                }
              }
            }
          }
        }
      }
      try await expectQueue(binding.queue, on: connection, messages: 1000)
      await other.close()
    }
  }
}
