import AMQP
import SyRPC
import TestSupport
import Testing

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
      let (done, gate) = (Counter(), Gate())
      var ids: [String] = []
      for number in 0..<12 { ids.append(try await client.putRequest(type: "t", data: .integer(Int64(number)))) }
      let serving = Task {
        try await server.serve(options: ServeOptions(concurrency: 4)) { request in
          await gate.pass()
          done.add(1)
          return ["by the first", request.data]
        }
      }
      try await app.until(app.topology.requestQueue.name, messages: 8, consumers: 1)
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

  /// A result that cannot be put must not make the request go round as fast as the machine can.
  @Test func aResultThatCannotBePutIsNotTriedWithoutPause() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      // Another side's settings: the server's declaration will be refused.
      let other = Topology(
        try SyRPCSettings(appName: app.configuration.settings.appName, ttl: .seconds(99), resultQueueCount: 1))
      try await app.observer.deleteQueue(other.resultQueue(at: 0).name)
      try await app.observer.declare(other.resultQueue(at: 0))
      let calls = Counter()
      let serving = Task {
        try await server.serve { request in
          calls.add(1)
          return request.data
        }
      }
      try await client.putRequest(type: "t", data: 1)
      while calls.now < 2 { try await Task.sleep(for: .milliseconds(20)) }
      try await Task.sleep(for: .seconds(2))
      #expect(calls.now < 20)
      serving.cancel()
      try await serving.value
      // It is not lost.
      await server.close()
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 1)
      await client.close()
    }
  }
}
