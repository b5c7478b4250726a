import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import SyRPC
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ServeOptionsTests {
  @Test func handlersAreChosenByType() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let handlers = RequestHandlers()
        .on("replaced") { _ in "never" }
        .on(" replaced ") { _ in "replaced" }
        .on("echo") { $0.data }
      let serving = Task { try await server.serve(handlers) }
      #expect(try await client.call(type: "echo", data: 1, timeout: .seconds(60)) == 1)
      #expect(try await client.call(type: "replaced", data: 1, timeout: .seconds(60)) == "replaced")
      let unknown = try await client.call(type: "other", data: 1, timeout: .seconds(60))
      #expect(unknown == ["exception": "unknown request type \"other\""])
      serving.cancel()
      try await serving.value
      let all = Task { try await server.serve(handlers.otherwise { .string($0.type) }) }
      #expect(try await client.call(type: "other", data: 1, timeout: .seconds(60)) == "other")
      all.cancel()
      try await all.value
      #expect(server.statistics.handlerErrors == 1)
      #expect(server.statistics.resultsPut == 4)
      await client.close()
      await server.close()
    }
  }

  /// Calls, and handlers with a time limit, on the threads of connections; also the end of it all.
  @Test func callsAndHandlersRunOnTheConnections() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      try await client.connect()
      let options = ServeOptions(requestTimeout: .seconds(60), execution: .onConnection)
      let threads = NIOLockedValueBox<[String: Set<pthread_t>]>([:])
      @Sendable func note(_ who: String) { threads.withLockedValue { _ = $0[who, default: []].insert(pthread_self()) } }
      let serving = Task {
        try await server.serve(options: options) { request in
          note("handlers")
          await Task.yield()
          note("handlers")
          return request.data
        }
      }
      try await withTaskExecutorPreference(client.executor) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<32 {
            group.addTask {
              for turn in 0..<10 {
                let data: JSON = [.integer(Int64(number)), .integer(Int64(turn))]
                let answer = try await client.call(type: "echo", data: data, timeout: .seconds(60))
                #expect(answer == data)
                note("callers")
              }
            }
          }
          try await group.waitForAll()
        }
        await client.close()
      }
      serving.cancel()
      try await serving.value
      await server.close()
      #expect(threads.withLockedValue { $0.mapValues(\.count) } == ["callers": 1, "handlers": 1])
    }
  }

  /// A handler that does not heed its cancellation: its caller is answered all the same.
  @Test func aSlowHandlerIsAnsweredForAndCancelled() async throws {
    try await withApplication { app in
      let (client, server, gate, cancelled) = (app.client(), app.server(), Gate(), Gate())
      let options = ServeOptions(concurrency: 1, requestTimeout: .milliseconds(50))
      let serving = Task {
        try await server.serve(options: options) { request in
          await withTaskCancellationHandler {
            await cancelled.pass()
          } onCancel: {
            cancelled.open()
          }
          await gate.pass()
          return request.data
        }
      }
      let answer = try await client.call(type: "t", data: 1, timeout: .seconds(60))
      #expect(answer["exception"]?.stringValue?.contains("not done within") == true)
      try await app.until(app.topology.requestQueue.name, messages: 0)
      gate.open()
      serving.cancel()
      try await serving.value
      #expect(server.statistics.handlerTimeouts == 1)
      // Answered once.
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  @Test(arguments: [ServeOptions.Acknowledgement.onReceipt, .afterResult])
  func whenARequestIsAcknowledged(_ acknowledgement: ServeOptions.Acknowledgement) async throws {
    try await withApplication { app in
      let (client, server, another, begun, never) = (app.client(), app.server(), app.server(), Gate(), Gate())
      let id = try await client.putRequest(type: "t", data: 1)
      let serving = Task {
        try await server.serve(options: ServeOptions(acknowledgement: acknowledgement)) { _ in
          begun.open()
          await never.pass()
          return "late"
        }
      }
      await begun.pass()
      // Its deadline passes with the handler at work, so what is not acknowledged goes back.
      await server.close(within: .zero)
      if acknowledgement == .afterResult {
        let again = Task {
          try await another.serve { [.string($0.resultID), .bool($0.isRedelivered)] }
        }
        #expect(try await client.getResult(id, timeout: .seconds(60)) == [.string(id), true])
        #expect(another.statistics.redeliveredRequests == 1)
        again.cancel()
        try await again.value
      } else {
        try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      }
      never.open()
      serving.cancel()
      _ = await serving.result
      await client.close()
      await another.close()
    }
  }

  @Test func aServiceFinishesWhatItHasOnGracefulShutdown() async throws {
    try await withApplication { app in
      let (client, server, begun, gate) = (app.client(), app.server(), Gate(), Gate())
      let handlers = RequestHandlers().on("t") { request in
        begun.open()
        await gate.pass()
        return request.data
      }
      let group = ServiceGroup(
        configuration: .init(services: [SyRPCService(server, handlers)], logger: quiet))
      let running = Task { try await group.run() }
      let id = try await client.putRequest(type: "t", data: 7)
      await begun.pass()
      await group.triggerGracefulShutdown()
      try await app.until(app.topology.requestQueue.name, consumers: 0)
      gate.open()
      try await running.value
      #expect(try await client.getResult(id, timeout: .seconds(60)) == 7)
      #expect(await syrpcError { _ = try await server.getRequest() }?.code == .closed)
      await client.close()
    }
  }

  @Test func closingAClientWaitsForWhatIsBeingPut() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      try await client.connect()
      let puts = (0..<50).map { number in
        Task { try await client.putRequest(type: "t", data: .integer(number)) }
      }
      while client.statistics.requestsPut == 0 { await Task.yield() }
      await client.close()
      var put = 0
      for task in puts {
        switch await task.result {
        case .success: put += 1
        case .failure(let error): #expect((error as? SyRPCError)?.code == .closed)
        }
      }
      #expect(put >= 1)
      try await app.until(app.topology.requestQueue.name, messages: put)
      await server.close()
    }
  }
}
