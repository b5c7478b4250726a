import AMQP
import SyRPC
import TestSupport
import Testing

/// What becomes of results and queues that nobody asks for in time.
@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ExpiryTests {
  @Test func aResultAfterItsTimeIsGone() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(1)) { app in
      let (client, server) = (app.client(), app.server())
      try await server.putResult("late", data: 1)
      try await app.until(app.topology.resultQueue(at: 0).name, messages: 0)
      let error = await syrpcError { _ = try await client.getResult("late", timeout: .seconds(1)) }
      #expect(error?.code == .timedOut)
      // It is the result that has gone, not the queue.
      async let next = client.getResult("next", timeout: .seconds(60))
      // Again and again, since each goes after a second, whether or not somebody has begun to wait.
      let putting = Task {
        while true {
          try await server.putResult("next", data: 2)
          try await Task.sleep(for: .milliseconds(500))
        }
      }
      #expect(try await next == 2)
      putting.cancel()
      _ = await putting.result
      await client.close()
      await server.close()
    }
  }

  @Test func anExpiredResultQueueIsDeclaredAnew() async throws {
    // Long enough for a busy machine: publishing is no use of a queue, so that one may expire before its result is asked for.
    try await withApplication(queues: 1, ttl: .seconds(15)) { app in
      let (client, server) = (app.client(), app.server())
      let queue = app.topology.resultQueue(at: 0).name
      try await server.putResult("first", data: 1)
      try await app.untilGone(queue)
      // The server has declared it before; the client has not.
      try await server.putResult("second", data: 2)
      #expect(try await client.getResult("second", timeout: .seconds(60)) == 2)
      try await app.untilGone(queue)
      async let third = client.getResult("third", timeout: .seconds(60))
      try await server.putResult("third", data: 3)
      #expect(try await third == 3)
      await client.close()
      await server.close()
    }
  }
}

extension Application {
  /// Waits until there is no such queue. Asking keeps a queue alive, so it is done at times that are far apart; and by
  /// another connection each time, since the broker closes that one.
  fileprivate func untilGone(_ queue: String) async throws {
    while true {
      try await Task.sleep(for: configuration.settings.ttl * 2)
      let observer = try await observe(configuration.brokers[0])
      do {
        _ = try await observer.status(ofQueue: queue)
      } catch let error as AMQPError where error.code == .notFound {
        return await observer.close()
      }
      await observer.close()
    }
  }
}
