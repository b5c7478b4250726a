import AMQP

import SyRPC
import TestSupport
import Testing
import WireTap

/// Queues in which results wait that nobody asks for, and one at their end.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct LongQueueTests {
  /// Each is seen once before the last is found, and all go back by few methods.
  @Test(arguments: [100, 3_000, 20_000]) func theLastOfManyIsFound(_ count: Int) async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(600)) { app in
      let queue = app.topology.resultQueue(at: 0).name
      try await app.putAbandonedResults(count)
      let (seconds, returns) = try await find(app, count)
      print("long queue: the last of \(count) found in \(seconds) s, all given back by \(returns) methods")
      if count > ResultBacklog.few { #expect(returns <= 2) }
      try await app.expectAtRest(queue, messages: count)
    }
  }

  /// Gets the result behind all others; how long that takes, and by how many methods the others go back.
  private func find(_ app: Application, _ count: Int) async throws -> (seconds: Double, returns: Int) {
    let broker = app.configuration.brokers[0]
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "getter")
    var configuration = app.configuration
    configuration.brokers[0].port = tap.port
    let (client, server) = (SyRPCClient(configuration, logger: quiet), app.server())
    try await server.putResult("last", data: 1)
    let start = ContinuousClock.now
    #expect(try await client.getResult("last", timeout: .seconds(60)) == 1)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if count > ResultBacklog.few { #expect(client.statistics.foreignSightings == count) }
    await client.close()
    await server.close()
    let returns = await tap.stop().flatMap(\.entries).count {
      ["basic.reject", "basic.nack"].contains($0.frame.method?.name)
    }
    return (seconds, returns)
  }

  /// So few are given back at once.
  private enum ResultBacklog { static let few = 200 }
}
