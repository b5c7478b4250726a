import ServiceLifecycle
@testable import SyRPC
import TestSupport
import Testing
import WireTap

/// How servers and clients end, with work in hand.
@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ClosingTests {
  @Test func aCancelledTaskClosesNoSooner() async throws {
    try await withRequestInHand { app, server, finish in
      let closing = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        await server.close(within: .seconds(60))
      }
      try await app.until(app.topology.requestQueue.name, consumers: 0)
      finish.open()
      await closing.value
    }
  }

  @Test func closingTwiceAtOnceWaitsTwice() async throws {
    try await withRequestInHand { app, server, finish in
      let closings = (0..<3).map { _ in Task { await server.close(within: .seconds(600)) } }
      try await app.until(app.topology.requestQueue.name, consumers: 0)
      // One who has less time goes on without it.
      await server.close(within: .milliseconds(100))
      finish.open()
      for closing in closings { await closing.value }
    }
  }

  /// Runs a test with a handler at work, which closes the server; its result must come all the same.
  private func withRequestInHand(
    _ close: (Application, SyRPCServer, _ finish: Gate) async throws -> Void
  ) async throws {
    try await withApplication { app in
      let (client, server, begun, gate) = (app.client(), app.server(), Gate(), Gate())
      let serving = Task {
        try await server.serve { request in
          begun.open()
          await gate.pass()
          return request.data
        }
      }
      let id = try await client.putRequest(type: "t", data: 7)
      await begun.pass()
      try await close(app, server, gate)
      try await serving.value
      #expect(try await client.getResult(id, timeout: .seconds(60)) == 7)
      await client.close()
    }
  }

  /// A handler that does not return, whatever it is told.
  @Test(arguments: ["close", "shutdown", "cancellation"])
  func whatIsNotDoneInTimeIsGivenUp(_ how: String) async throws {
    try await withApplication { app in
      let (client, server, another) = (app.client(), app.server(), app.server())
      let (begun, never, told) = (Gate(), Gate(), Gate())
      let handlers = RequestHandlers().on("t") { request in
        begun.open()
        await withTaskCancellationHandler {
          // Not in this task, which is cancelled.
          await Task { await never.pass() }.value
        } onCancel: {
          told.open()
        }
        return request.data
      }
      let service = SyRPCService(server, handlers, closingTimeout: .seconds(1))
      let group = ServiceGroup(configuration: .init(services: [service], logger: quiet))
      let running = Task { if how == "close" { try await server.serve(handlers) } else { try await group.run() } }
      let id = try await client.putRequest(type: "t", data: 7)
      await begun.pass()
      switch how {
      case "close": await server.close(within: .seconds(1))
      case "shutdown": await group.triggerGracefulShutdown()
      default: running.cancel()
      }
      await #expect(throws: SyRPCError.self) { try await running.value }
      await told.pass()
      // Nobody has answered it, so somebody else can.
      let again = try await another.getRequest(timeout: .seconds(60))
      #expect(again.resultID == id)
      #expect(again.isRedelivered)
      never.open()
      await client.close()
      await another.close()
    }
  }

  /// The handler ends when it is told to: what it says then is no answer. Where results have gone before, they are sent at
  /// once.
  @Test func whatIsGivenUpIsNotAnswered() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server, another, begun) = (app.client(), app.server(), app.server(), Gate())
      let handlers = RequestHandlers().on("echo") { $0.data }.on("slow") { request in
        begun.open()
        try await Task.sleep(for: .seconds(600))
        return request.data
      }
      let running = Task { try await server.serve(handlers) }
      for number in 0..<3 as Range<Int64> {
        #expect(try await client.call(type: "echo", data: .integer(number), timeout: .seconds(60)) == .integer(number))
      }
      let id = try await client.putRequest(type: "slow", data: 7)
      await begun.pass()
      await server.close(within: .milliseconds(100))
      await #expect(throws: SyRPCError.self) { try await running.value }
      let again = try await another.getRequest(timeout: .seconds(60))
      #expect(again.resultID == id)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
      await another.close()
    }
  }

  @Test func whoIsClosedStaysClosed() async throws {
    try await withApplication(queues: 1) { app in
      for _ in 0..<50 {
        let client = app.client()
        let getting = Task { try await client.getResult("a") }
        await client.close()
        #expect(await syrpcError { _ = try await getting.value }?.code == .closed)
        #expect(await syrpcError { _ = try await client.getResult("b") }?.code == .closed)
      }
    }
  }

  /// What had been delivered and waited for its turn when the connection was lost is done when it comes again, and only
  /// then.
  @Test func whatWaitedForItsTurnIsDoneOnceAfterALoss() async throws {
    let broker = try await Broker.address
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "server")
    var tapped = broker
    tapped.port = tap.port
    try await withApplication(queues: 1, broker: tapped) { app in
      let (server, begun, gate, done) = (app.server(), Gate(), Gate(), Counter())
      var configuration = app.configuration
      configuration.brokers = [broker]
      let client = SyRPCClient(configuration, logger: quiet)
      var ids: [String] = []
      for number in 0..<5 { ids.append(try await client.putRequest(type: "t", data: .integer(Int64(number)))) }
      let serving = Task {
        try await server.serve(options: ServeOptions(concurrency: 1, acknowledgement: .onReceipt)) { request in
          done.add(1)
          begun.open()
          await gate.pass()
          return request.data
        }
      }
      // One is done, one waits for its turn.
      await begun.pass()
      try await app.until(app.topology.requestQueue.name, messages: 3)
      _ = await tap.stop()
      try await app.until(app.topology.requestQueue.name, messages: 4)
      gate.open()
      let another = try await Tap.startAgain(port: tapped.port, before: broker, role: "server")
      for (number, id) in ids.enumerated() {
        #expect(try await client.getResult(id, timeout: .seconds(100)) == .integer(Int64(number)))
      }
      #expect(done.now == 5)
      #expect(server.statistics.requestsTaken == 5)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
      _ = await another.stop()
    }
  }

  /// Who forgets a client has not closed it; nothing of it stays all the same.
  @Test func aClientThatIsDroppedKeepsNoConnection() async throws {
    try await withApplication { app in
      weak var connection: AnyObject?
      weak var reader: AnyObject?
      do {
        let client = app.client()
        try await client.connect()
        connection = client.requests.current
        reader = client.results.current
        #expect(connection != nil && reader != nil)
      }
      let end = ContinuousClock.now + .seconds(60)
      while connection != nil || reader != nil, .now < end { try await Task.sleep(for: .milliseconds(20)) }
      #expect(connection == nil && reader == nil)
    }
  }
}
