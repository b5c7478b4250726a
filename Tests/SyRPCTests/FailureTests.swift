import AMQP
import SyRPC
import TestSupport
import Testing
import WireTap

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct FailureTests {
  @Test func aDeletedResultQueueIsDeclaredAnew() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let queue = app.topology.resultQueue(at: 0).name
      try await server.putResult("first", data: 1)
      try await app.observer.deleteQueue(queue)
      try await server.putResult("second", data: 2)
      #expect(try await client.getResult("second", timeout: .seconds(30)) == 2)
      // Under a waiting client, too: not the consumer of before, which may still be there.
      try await app.until(queue, consumers: 0)
      async let third = client.getResult("third", timeout: .seconds(60))
      try await app.until(queue, consumers: 1)
      try await app.observer.deleteQueue(queue)
      try await server.putResult("third", data: 3)
      #expect(try await third == 3)
      await client.close()
      await server.close()
    }
  }

  @Test func aDeletedRequestQueueIsDeclaredAnew() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let queue = app.topology.requestQueue.name
      async let request = server.getRequest(timeout: .seconds(60))
      try await app.until(queue, consumers: 1)
      try await app.observer.deleteQueue(queue)
      // Whoever comes first puts it back.
      try await client.putRequest(type: "t", data: 1)
      #expect(try await request.data == 1)

      let serving = Task { try await server.serve { $0.data } }
      try await app.until(queue, consumers: 1)
      try await app.observer.deleteQueue(queue)
      #expect(try await client.call(type: "t", data: 2, timeout: .seconds(60)) == 2)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  @Test func waitsOutliveABrokenConnection() async throws {
    let broker = try await Broker.address
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "getter")
    var tapped = broker
    tapped.port = tap.port
    try await withApplication(queues: 1, broker: tapped) { app in
      let (client, server) = (app.client(), app.server())
      let changes = client.connectionStateChanges
      let queue = app.topology.resultQueue(at: 0).name
      let waiting = Task { try await client.getResult("a", timeout: .seconds(100)) }
      let taking = Task { try await server.getRequest(timeout: .seconds(100)) }
      try await app.until(queue, consumers: 1)
      try await app.until(app.topology.requestQueue.name, consumers: 1)
      _ = await tap.stop()
      // Nobody listens now: an error for who waits, within its time, that says why.
      let error = await syrpcError { _ = try await client.getResult("b", timeout: .seconds(5)) }
      #expect(error?.code == .timedOut)
      #expect(error?.message.contains("cannot connect") == true)
      // Put meanwhile, it is put in the end.
      async let id = client.putRequest(type: "t", data: 1)

      let another = try await Tap.startAgain(port: tapped.port, before: broker, role: "getter")
      let request = try await taking.value
      #expect(try await request.resultID == id)
      try await server.putResult("a", data: 2)
      #expect(try await waiting.value == 2)
      #expect(client.statistics.connections > 1)
      await client.close()
      await server.close()
      _ = await another.stop()
      // Who watches sees it go, each attempt, and that it is back.
      var told: [String] = []
      for await change in changes where change.purpose == .results {
        switch change.state {
        case .connected: told.append("connected")
        case .disconnected: if told.last != "disconnected" { told.append("disconnected") }
        case .closed: told.append("closed")
        default: break
        }
      }
      #expect(told == ["connected", "disconnected", "connected", "closed"])
    }
  }

  @Test func settingsThatDifferAreNamed() async throws {
    try await withApplication(queues: 1) { app in
      var configuration = app.configuration
      configuration.settings = try SyRPCSettings(
        appName: configuration.settings.appName, ttl: .seconds(5), resultQueueCount: 1)
      let (client, server) = (SyRPCClient(configuration), SyRPCServer(configuration))
      for error in [
        await syrpcError { _ = try await client.getResult("a", timeout: .seconds(60)) },
        await syrpcError { try await server.putResult("a", data: 1) },
      ] {
        #expect(error?.code == .preconditionFailed)
        #expect(error?.brokerReplyCode == 406)
        #expect(error?.message.contains("x-expires") == true)
      }
      await client.close()
      await server.close()
    }
  }

  /// Connecting may take longer than the caller waits; here longer than the time limit of the test.
  @Test func aTimeoutHoldsWhileConnecting() async throws {
    let listener = try SilentListener()
    var configuration = SyRPCConfiguration(
      settings: try SyRPCSettings(appName: "test"), broker: BrokerAddress(host: "127.0.0.1", port: listener.port))
    configuration.connectTimeout = .seconds(600)
    let (client, server) = (SyRPCClient(configuration), SyRPCServer(configuration))
    #expect(await syrpcError { _ = try await client.getResult("a", timeout: .milliseconds(200)) }?.code == .timedOut)
    #expect(await syrpcError { _ = try await server.getRequest(timeout: .milliseconds(200)) }?.code == .timedOut)
    let putting = Task { try await client.putRequest(type: "t", data: 1) }
    putting.cancel()
    await #expect(throws: CancellationError.self) { try await putting.value }
  }

  /// One that accepts connections and then says nothing must not keep the others from being tried.
  @Test func aBrokerThatNeverAnswersIsPassedOver() async throws {
    let listener = try SilentListener()
    try await withApplication(queues: 1) { app in
      var configuration = app.configuration
      configuration.brokers.insert(BrokerAddress(host: "127.0.0.1", port: listener.port), at: 0)
      configuration.connectTimeout = .seconds(1)
      configuration.publishTimeout = .seconds(60)
      let log = Complaints()
      let client = SyRPCClient(configuration, logger: log.logger)
      let start = ContinuousClock.now
      try await client.putRequest(type: "t", data: 1)
      #expect(.now - start >= .seconds(1))
      #expect(log.texts.contains { $0.contains("cannot connect") && $0.contains("\(listener.port)") })
      await client.close()
    }
  }

  @Test func closingEndsEveryWait() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let waiting = Task { try await client.getResult("a") }
      let taking = Task { try await server.getRequest() }
      try await app.until(app.topology.resultQueue(at: 0).name, consumers: 1)
      try await app.until(app.topology.requestQueue.name, consumers: 1)
      await client.close()
      await client.close()
      await server.close()
      #expect(await syrpcError { _ = try await waiting.value }?.code == .closed)
      #expect(await syrpcError { _ = try await taking.value }?.code == .closed)
      #expect(await syrpcError { _ = try await client.getResult("a") }?.code == .closed)
      #expect(await syrpcError { try await client.putRequest(type: "t", data: 1) }?.code == .closed)
      #expect(await syrpcError { try await server.putResult("a", data: 1) }?.code == .closed)
    }
  }
}
