import SyRPC
import TestSupport
import Testing
import WireTap

/// A line so slow that a large message takes longer than any answer may.
@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct SlowLineTests {
  /// 16 s at 64 KiB/s.
  private static let large = JSON.string(String(repeating: "x", count: 1 << 20))

  /// Runs a test with the line to the broker throttled, and the time for an answer that is the default.
  private func withSlowLine(_ body: (Application, SyRPCConfiguration) async throws -> Void) async throws {
    let broker = try await Broker.address
    let tap = try await Tap.start(
      brokerHost: broker.host, brokerPort: broker.port, role: "peer",
      faults: TapFaults([TapFault(.throttle(bytesPerSecond: 65_536), .toBroker)]))
    try await withApplication { app in
      var configuration = app.configuration
      configuration.brokers[0].port = tap.port
      configuration.replyTimeout = SyRPCConfiguration(settings: configuration.settings).replyTimeout
      configuration.publishTimeout = patience
      try await body(app, configuration)
    }
    _ = await tap.stop()
  }

  @Test func aLargeRequestIsSentOnceAndEndsNobodysConnection() async throws {
    try await withSlowLine { app, configuration in
      let client = SyRPCClient(configuration, logger: quiet)
      try await client.connect(for: [.requests])
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.putRequest(type: "t", data: Self.large) }
        for number in 0..<8 { group.addTask { try await client.putRequest(type: "t", data: .integer(Int64(number))) } }
        try await group.waitForAll()
      }
      #expect(client.statistics.repetitions == 0)
      #expect(client.statistics.connections == 1)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 9)
      await client.close()
    }
  }

  /// What declares a queue for another result waits behind it.
  @Test func aLargeResultIsSentOnceAndEndsNobodysConnection() async throws {
    try await withSlowLine { app, configuration in
      let server = SyRPCServer(configuration, logger: quiet)
      try await server.putResult("first", data: 1)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.putResult("first", data: Self.large) }
        for number in 0..<8 { group.addTask { try await server.putResult("other-\(number)", data: 1) } }
        try await group.waitForAll()
      }
      #expect(server.statistics.repetitions == 0)
      #expect(server.statistics.connections == 1)
      var messages = 0
      for index in 0..<configuration.settings.resultQueueCount {
        messages += try await app.observer.status(ofQueue: app.topology.resultQueue(at: index).name).messageCount
      }
      #expect(messages == 10)
      await server.close()
    }
  }
}
