import AMQP
import Foundation
import InteropSupport
import SyRPC
import TestSupport
import Testing
import WireTap

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
      outcome.report("4 processes × 25 waiters, \(abandoned) abandoned results")
      let foreign = Double(abandoned + 100)
      let free = foreign * 8 * 4
      #expect(Double(outcome.rejects) <= free + foreign * Self.rejectsPerSecond * outcome.seconds)
      await server.close()
    }
  }

  /// In the long run, when the first sightings are over.
  @Test func abandonedResultsAreSeldomGivenBack() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let (client, server) = (app.client(), app.server())
      for number in 0..<20 { try await server.putResult("abandoned-\(number)", data: .null) }
      _ = await syrpcError { _ = try await client.getResult("never", timeout: .seconds(5)) }
      let rejects = client.statistics.rejects
      #expect(Double(rejects) <= 20 * (8 + Self.rejectsPerSecond * 5))
      print("collisions: a client that waits beside 20 abandoned results: \(rejects / 5) rejects/s")
      await client.close()
      await server.close()
    }
  }

  /// Four processes beside results that nobody takes: when the first sightings are over, each is given back no more often
  /// than the shortest hold allows.
  @Test func theCeilingHoldsForFourProcesses() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let (server, rejects) = (app.server(), Counter())
      for number in 0..<20 { try await server.putResult("abandoned-\(number)", data: .null) }
      let broker = app.configuration.brokers[0]
      // Each is given back before it is delivered again; one basic.nack may give back many.
      let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "getter") { _, entry in
        if case .method(let method) = entry.frame.kind, method.name == "basic.deliver" { rejects.add(1) }
      }
      let processes = try await (0..<4).concurrently { number in
        try await getting(["never-\(number)"], app.configuration.settings, tap.port, .seconds(50))
      }
      // Each process has seen each of them as often as is free, and for all the shorter holds.
      while rejects.now < 20 * 4 * (8 + 6) { try await Task.sleep(for: .milliseconds(20)) }
      let (before, start) = (rejects.now, ContinuousClock.now)
      try await Task.sleep(for: .seconds(5))
      let (given, seconds) = (Double(rejects.now - before), (ContinuousClock.now - start) / .seconds(1))
      print(
        "collisions: 4 processes beside 20 abandoned results, in the long run: "
          + "\((given / seconds).formatted(.number.precision(.fractionLength(0)))) rejects/s")
      #expect(given > 0)
      #expect(given <= 20 * (1 + Self.rejectsPerSecond * seconds))
      for process in processes { await process.terminate(grace: .zero) }
      _ = await tap.stop()
      await server.close()
    }
  }

  /// A client of the references that got its result never cancels its consumer (a listed defect): its share of what
  /// follows is held, and lost with the queue's TTL. Nothing else may be. (With live references: the scenario `idle`.)
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
      #expect(client.statistics.foreignSightings > 8)
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
          + "\(rejects) rejects in \(seconds.formatted(.number.precision(.fractionLength(1)))) s, "
          + "\((Double(rejects) / seconds).formatted(.number.precision(.fractionLength(0)))) rejects/s")
    }
  }

  /// Four processes with 25 waiters each on one queue, and results in another order than they are waited for.
  private func collide(
    _ app: Application, _ server: SyRPCServer, timeout: Duration = .seconds(50)
  ) async throws -> Outcome {
    let broker = app.configuration.brokers[0]
    // What is delivered and given back is counted where it passes.
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "getter")
    let queue = app.topology.resultQueue(at: 0).name
    let consumers = try await app.observer.status(ofQueue: queue).consumerCount
    let processes = try await (0..<4).concurrently { number in
      try await getting((0..<25).map { "\(number)-\($0)" }, app.configuration.settings, tap.port, timeout)
    }
    try await app.until(queue, consumers: consumers + 4)
    let start = ContinuousClock.now
    async let arrived = (0..<4).concurrently { try await arrivals(processes[$0]) }
    for waiter in (0..<25).reversed() {
      for number in 0..<4 {
        try await server.putResult("\(number)-\(waiter)", data: .real(Date().timeIntervalSince1970))
      }
    }
    let latencies = try await arrived.flatMap { $0 }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let transcripts = await tap.stop()
    func count(_ method: String) -> Int {
      transcripts.flatMap(\.entries).count { $0.frame.method?.name == method }
    }
    // Each is settled; one basic.nack may give back many.
    let rejects = count("basic.deliver") - count("basic.ack")
    return Outcome(lost: 100 - latencies.count, rejects: rejects, seconds: seconds, latencies: latencies)
  }

  /// A process that waits for results: `syrpc get`.
  private func getting(
    _ ids: [String], _ settings: SyRPCSettings, _ port: Int, _ timeout: Duration
  ) async throws -> LineProcess {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return try await LineProcess.start(
      .init(
        executable: folder.appendingPathComponent("syrpc").path,
        arguments: [
          "get", "--broker", "amqp://127.0.0.1:\(port)", "--app", settings.appName, "--queues", "1", "--message-ttl",
          "\(settings.messageTTL.components.seconds)", "--timeout", "\(timeout.components.seconds)",
        ] + ids))
  }

  /// How long each result that the process prints was under way, in seconds, printing included; until the process ends.
  private func arrivals(_ process: LineProcess) async throws -> [Double] {
    var latencies: [Double] = []
    while let line = try? await process.receive(within: .seconds(100)) {
      let now = Date().timeIntervalSince1970
      latencies.append(now - (try #require(JSON(parsing: line.utf8)["data"]?.doubleValue)))
    }
    _ = await process.terminate()
    return latencies
  }
}

extension Range<Int> {
  /// What `body` gives for each number, all at once.
  fileprivate func concurrently<Value: Sendable>(
    _ body: @Sendable @escaping (Int) async throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
      for number in self { group.addTask { try await body(number) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
