import AMQP
import InteropBroker
import SyRPC
import TestSupport
import Testing

/// A virtual host whose queues are quorum queues, which drop a message that was returned more than 20 times.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct QuorumQueueTests {
  /// Runs a test against such a virtual host, on a node of its own.
  private func withQuorumQueues(
    messageTTL: Duration = .seconds(30), _ body: (Application) async throws -> Void
  ) async throws {
    let node = try await PrivateBroker.start(isReady: PrivateBroker.completesHandshake)
    let outcome: Result<Void, any Error>
    do {
      try await node.control("add_vhost", "quorum", "--default-queue-type", "quorum")
      try await node.control("set_permissions", "-p", "quorum", node.user, ".*", ".*", ".*")
      // The default of RabbitMQ 4; before, there was none.
      try await node.control(
        "set_policy", "-p", "quorum", "--apply-to", "queues", "limit", ".*", #"{"delivery-limit":20}"#)
      var address = node.address
      address.virtualHost = "quorum"
      outcome = .success(try await withApplication(queues: 1, messageTTL: messageTTL, on: address, body))
    } catch { outcome = .failure(error) }
    await node.stop()
    try outcome.get()
  }

  /// A page fetches its result after others have waited beside it for a long time, and come and gone.
  @Test(arguments: [1, 3]) func aResultThatWaitsIsNotLost(_ others: Int) async throws {
    try await withQuorumQueues { app in
      let (server, clients) = (app.server(), (0..<others).map { _ in app.client() })
      try await server.putResult("late", data: "late")
      let waiting = clients.map { client in
        Task { await syrpcError { _ = try await client.getResult("never", timeout: .seconds(10)) } }
      }
      for task in waiting { #expect(await task.value?.code == .timedOut) }
      for round in 0..<20 {
        let client = clients[round % others]
        _ = await syrpcError { _ = try await client.getResult("never", timeout: .milliseconds(100)) }
      }
      print(
        "quorum queue: a result beside \(others) processes that waited 10 s and 2 s in parts was given back "
          + "\(clients.map(\.statistics.rejects).reduce(0, +)) times")
      let late = app.client()
      let result = try await late.getResult("late", timeout: .seconds(30))
      #expect(result == "late")
      for client in clients + [late] { await client.close() }
      await server.close()
    }
  }

  /// Two clients, each of which waits for what the other is given as well.
  ///
  /// The broker gives what is returned to any of them, and takes it back 17 times in a result's life: with `n` clients one
  /// in (n / (n - 1))^17 is not found, which is one in 131,072 with two, but one in 133 with four.
  @Test func eachIsFoundAmongOthersThatWait() async throws {
    try await withQuorumQueues(messageTTL: .seconds(60)) { app in
      let (server, clients) = (app.server(), (0..<2).map { _ in app.client() })
      let (rounds, start) = (50, ContinuousClock.now)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for round in 0..<rounds {
          for (number, client) in clients.enumerated() {
            group.addTask {
              let result = try await client.getResult("\(number)-\(round)", timeout: .seconds(60))
              #expect(result == "found")
            }
          }
        }
        try await app.until(app.topology.resultQueue(at: 0).name, consumers: clients.count)
        // Given out in turn, each would go to its own in the order in which they wait.
        let ids = (0..<rounds).flatMap { round in clients.indices.map { "\($0)-\(round)" } }
        for id in ids.shuffled() { try await server.putResult(id, data: "found") }
        try await group.waitForAll()
      }
      print(
        "quorum queue: 2 clients × \(rounds) waiters found all in \((ContinuousClock.now - start) / .seconds(1)) s, "
          + "\(clients.map(\.statistics.rejects).reduce(0, +)) given back")
      #expect(clients.contains { $0.statistics.rejects > 0 })
      for client in clients { await client.close() }
      await server.close()
    }
  }

  /// A consumer without a limit would be given 2,000.
  @Test func theLastOfManyIsFound() async throws {
    try await withQuorumQueues(messageTTL: .seconds(600)) { app in
      let (client, server) = (app.client(), app.server())
      try await app.putAbandonedResults(3_000)
      try await server.putResult("last", data: 1)
      let start = ContinuousClock.now
      #expect(try await client.getResult("last", timeout: .seconds(60)) == 1)
      print("quorum queue: the last of 3000 found in \((ContinuousClock.now - start) / .seconds(1)) s")
      #expect(client.statistics.foreignSightings == 3_000)
      await client.close()
      await server.close()
    }
  }
}
