import AMQP
import SyRPC
import TestSupport
import Testing
import WireTap

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ServeTests {
  private struct Refused: Error, CustomStringConvertible { let description = "no such thing" }

  @Test func aHandlersErrorIsAnswered() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let serving = Task {
        try await server.serve { request in
          if request.type == "nan" { return .real(.nan) }
          throw Refused()
        }
      }
      #expect(try await client.call(type: "t", data: 1, timeout: .seconds(30)) == ["exception": "no such thing"])
      let answer = try await client.call(type: "nan", data: 1, timeout: .seconds(30))
      #expect(answer["exception"]?.stringValue?.contains("nan") == true)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  @Test func noMoreAreDoneAtATimeThanAllowed() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let (running, gate) = (Counter(), Gate())
      let serving = Task {
        try await server.serve(options: ServeOptions(concurrency: 3)) { request in
          running.add(1)
          defer { running.add(-1) }
          await gate.pass()
          return request.data
        }
      }
      var ids: [String] = []
      for _ in 0..<10 { ids.append(try await client.putRequest(type: "t", data: 1)) }
      // Three are taken, seven are left.
      try await app.until(app.topology.requestQueue.name, messages: 7)
      while running.now < 3 { await Task.yield() }
      gate.open()
      for id in ids { #expect(try await client.getResult(id, timeout: .seconds(30)) == 1) }
      #expect(running.most == 3)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  @Test func aStoppedServerFinishesWhatItHasAndLeavesTheRest() async throws {
    try await withApplication { app in
      let (client, server, another) = (app.client(), app.server(), app.server())
      let (running, done, gate) = (Counter(), Counter(), Gate())
      var ids: [String] = []
      for number in 0..<12 { ids.append(try await client.putRequest(type: "t", data: .integer(Int64(number)))) }
      let serving = Task {
        try await server.serve(options: ServeOptions(concurrency: 4)) { request in
          running.add(1)
          await gate.pass()
          done.add(1)
          return ["by the first", request.data]
        }
      }
      try await app.until(app.topology.requestQueue.name, messages: 8, consumers: 1)
      // The broker has sent them; a request that no handler has yet would be given back.
      while running.now < 4 { await Task.yield() }
      serving.cancel()
      try await app.until(app.topology.requestQueue.name, consumers: 0)
      gate.open()
      try await serving.value
      #expect(done.now == 4)
      // Those four are acknowledged, and the others are there.
      await server.close()
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 8)

      let next = Task { try await another.serve { ["by the second", $0.data] } }
      var first = 0
      for (number, id) in ids.enumerated() {
        let answer = try await client.getResult(id, timeout: .seconds(30))
        #expect(answer.arrayValue?.last == .integer(Int64(number)))
        if answer.arrayValue?.first == "by the first" { first += 1 }
      }
      #expect(first == 4)
      next.cancel()
      try await next.value
      await client.close()
      await another.close()
    }
  }

  @Test func cancelledBeforeItStarts() async throws {
    try await withApplication { app in
      let server = app.server()
      let serving = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await server.serve { $0.data }
      }
      try await serving.value
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      await server.close()
    }
  }

  @Test func closingEndsServing() async throws {
    try await withApplication { app in
      let server = app.server()
      let serving = Task { try await server.serve { $0.data } }
      try await app.until(app.topology.requestQueue.name, consumers: 1)
      await server.close()
      try await serving.value
      #expect(await syrpcError { _ = try await server.getRequest() }?.code == .closed)
    }
  }

  /// What will not pass by itself is whoever serves' to know: the handler is not called again and again.
  @Test(arguments: [ServeOptions.Acknowledgement.afterResult, .onReceipt])
  func aResultThatCanNeverBePutEndsServing(_ acknowledgement: ServeOptions.Acknowledgement) async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      // Another side's settings: the server's declaration will be refused.
      let other = Topology(
        try SyRPCSettings(appName: app.configuration.settings.appName, ttl: .seconds(99), resultQueueCount: 1))
      try await app.observer.deleteQueue(other.resultQueue(at: 0).name)
      try await app.observer.declare(other.resultQueue(at: 0))
      let calls = Counter()
      for _ in 0..<3 { try await client.putRequest(type: "t", data: 1) }
      let options = ServeOptions(concurrency: 2, acknowledgement: acknowledgement)
      let error = await syrpcError {
        try await server.serve(options: options) { request in
          calls.add(1)
          return request.data
        }
      }
      #expect(error?.code == .preconditionFailed)
      #expect(error?.message.contains("x-expires") == true)
      #expect(calls.now <= 2)
      // None is lost, but for those that were acknowledged before.
      let kept = acknowledgement == .afterResult ? 3 : 3 - calls.now
      try await app.expectAtRest(app.topology.requestQueue.name, messages: kept)
      await server.close()
      await client.close()
    }
  }

  /// The broker delivers what was not acknowledged again, to the same server.
  @Test func aRequestThatComesAgainWhileItIsInHandIsDoneOnce() async throws {
    let broker = try await Broker.address
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "server")
    try await withApplication(queues: 1) { app in
      var configuration = app.configuration
      configuration.brokers[0].port = tap.port
      let (client, server) = (app.client(), SyRPCServer(configuration, logger: quiet))
      let (calls, begun, gate) = (Counter(), Gate(), Gate())
      // With one place, it must not wait for that of the one in hand.
      let serving = Task {
        try await server.serve(options: ServeOptions(concurrency: 1)) { request in
          calls.add(1)
          begun.open()
          await gate.pass()
          return request.data
        }
      }
      let queue = app.topology.requestQueue.name
      let id = try await client.putRequest(type: "t", data: 7)
      await begun.pass()
      _ = await tap.stop()
      try await app.until(queue, messages: 1, consumers: 0)
      let another = try await Tap.startAgain(port: tap.port, before: broker, role: "server")
      try await app.until(queue, messages: 0, consumers: 1)
      gate.open()
      #expect(try await client.getResult(id, timeout: .seconds(60)) == 7)
      // The next finds its place free, so the first is acknowledged, by its newest delivery.
      #expect(try await client.call(type: "t", data: 8, timeout: .seconds(60)) == 8)
      #expect(calls.now == 2)
      serving.cancel()
      try await serving.value
      await server.close()
      try await app.expectAtRest(queue, messages: 0)
      await client.close()
      _ = await another.stop()
    }
  }

  /// A client that was not told that its request arrived puts it again: two messages, one request.
  @Test func aRequestThatWasPutTwiceIsDoneOnceAtATime() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server, calls, gate) = (app.client(), app.server(), Counter(), Gate())
      let serving = Task {
        try await server.serve { request in
          calls.add(1)
          await gate.pass()
          return request.data
        }
      }
      for _ in 0..<2 { try await client.putRequest(type: "t", data: 1, resultID: "same") }
      // Another request under that id is another's mistake, and done.
      try await client.putRequest(type: "t", data: 2, resultID: "same")
      try await app.until(app.topology.requestQueue.name, messages: 0, consumers: 1)
      while calls.now < 2 { try await Task.sleep(for: .milliseconds(5)) }
      gate.open()
      serving.cancel()
      try await serving.value
      #expect(calls.now == 2)
      await server.close()
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 2)
      await client.close()
    }
  }
}
