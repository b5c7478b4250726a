import AMQP
import Foundation
import SyRPC
import TestSupport
import Testing

/// Many who wait on one result queue, each for something that another gets first.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct CollisionTests {
  /// The most often that one foreign result may be given back in a second, once it is known: after 8 times at once it is
  /// held for at least 50 ms (half of 100 ms, spread).
  private static let rejectsPerSecond = 20.0

  @Test func eachWaitsForWhatTheOtherHolds() async throws {
    try await withApplication(queues: 1) { app in
      let (first, second, server) = (app.client(), app.client(), app.server())
      for round in 0..<20 {
        async let a = first.getResult("a\(round)", timeout: .seconds(30))
        async let b = second.getResult("b\(round)", timeout: .seconds(30))
        try await server.putResult("b\(round)", data: "b")
        try await server.putResult("a\(round)", data: "a")
        #expect(try await a == "a")
        #expect(try await b == "b")
      }
      for client in [first, second] { await client.close() }
      await server.close()
    }
  }

  @Test(arguments: [0, 20]) func manyWaitersInOneQueue(_ abandoned: Int) async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let server = app.server()
      for number in 0..<abandoned { try await server.putResult("abandoned-\(number)", data: .null) }
      let outcome = try await collide(app, server)
      #expect(outcome.lost == 0)
      outcome.report("4 clients × 25 waiters, \(abandoned) abandoned results")
      let foreign = Double(abandoned + 100)
      let free = foreign * 8 * 4
      #expect(Double(outcome.rejects) <= free + foreign * Self.rejectsPerSecond * outcome.seconds)
      await server.close()
    }
  }

  /// A client of the references that got its result never cancels its consumer (a listed defect): its share of what
  /// follows is held, and lost with the queue's TTL. Nothing else may be.
  @Test func anIdleForeignConsumerHoldsItsShareAndNothingElseIsLost() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let server = app.server()
      let held = Counter()
      let idle = try await AMQPConnection.open(
        app.configuration.brokers[0], ConnectionOptions(name: "idle reference"), logger: quiet)
      _ = try await idle.consume(
        app.topology.resultQueue(at: 0).name, prefetch: 0, receive: { _ in held.add(1) }, end: { _ in })
      let outcome = try await collide(app, server, timeout: .seconds(10))
      outcome.report("with an idle reference client")
      // A result may pass it several times, but what it has it keeps.
      #expect(outcome.lost == held.now)
      #expect(held.now > 0)
      await idle.close()
      await server.close()
    }
  }

  @Test func whoComesLateGetsWhatIsHeld() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let other = Task { try await client.getResult("other", timeout: .seconds(60)) }
      try await server.putResult("late", data: 1)
      // It has been seen more often than is free, so it is being held most of the time.
      while client.statistics.holds < 2 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try await client.getResult("late", timeout: .seconds(30)) == 1)
      try await server.putResult("other", data: 2)
      #expect(try await other.value == 2)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  // MARK: - 4 × 25

  private struct Outcome {
    let lost: Int
    let rejects: Int
    let seconds: Double
    let latencies: [Double]

    func report(_ name: String) {
      let sorted = latencies.sorted()
      let p99 = sorted.isEmpty ? .nan : sorted[Int(Double(sorted.count - 1) * 0.99)] * 1000
      print(
        "collisions: \(name): \(lost) lost, p99 \(p99.formatted(.number.precision(.fractionLength(0)))) ms, "
          + "\((Double(rejects) / seconds).formatted(.number.precision(.fractionLength(0)))) rejects/s")
    }
  }

  /// Four clients with 25 waiters each on one queue, and results in another order than they are waited for.
  private func collide(
    _ app: Application, _ server: SyRPCServer, timeout: Duration = .seconds(50)
  ) async throws -> Outcome {
    let clients = (0..<4).map { _ in app.client() }
    let start = ContinuousClock.now
    let latencies = await withTaskGroup(of: Double?.self) { group in
      for (number, client) in clients.enumerated() {
        for waiter in 0..<25 {
          group.addTask {
            guard let result = try? await client.getResult("\(number)-\(waiter)", timeout: timeout),
              let sent = result.doubleValue
            else { return nil }
            return Date().timeIntervalSince1970 - sent
          }
        }
      }
      for waiter in (0..<25).reversed() {
        for number in 0..<4 {
          try? await server.putResult("\(number)-\(waiter)", data: .real(Date().timeIntervalSince1970))
        }
      }
      var latencies: [Double] = []
      for await case let latency? in group { latencies.append(latency) }
      return latencies
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let rejects = clients.reduce(0) { $0 + $1.statistics.rejects }
    for client in clients { await client.close() }
    return Outcome(lost: 100 - latencies.count, rejects: rejects, seconds: seconds, latencies: latencies)
  }
}
