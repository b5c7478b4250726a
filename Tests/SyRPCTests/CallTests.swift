import AMQP
import SyRPC
import TestSupport
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct CallTests {
  @Test func echoThroughServe() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let serving = Task { try await server.serve { .object(["type": .string($0.type), "data": $0.data]) } }
      #expect(
        try await client.call(type: " echo ", data: [1, 2.5, "ü", nil]) == [
          "type": "echo", "data": [1, 2.5, "ü", nil],
        ])
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
    }
  }

  @Test func echoByHand() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      async let request = server.getRequest()
      let id = try await client.putRequest(type: "echo", data: ["a": 1])
      let got = try await request
      #expect(got == Request(type: "echo", data: ["a": 1], resultID: id))
      try await server.putResult(got.resultID, data: got.data)
      #expect(try await client.getResult(id, timeout: .seconds(30)) == ["a": 1])
      await client.close()
      await server.close()
    }
  }

  @Test func aRequestIsPutInOneClientAndItsResultGotInAnother() async throws {
    try await withApplication { app in
      let (putter, getter, server) = (app.client(), app.client(), app.server())
      let id = try await putter.putRequest(type: "t", data: 1)
      await putter.close()
      // The result is there before anyone waits.
      let request = try await server.getRequest(timeout: .seconds(30))
      try await server.putResult(request.resultID, data: "done")
      #expect(try await getter.getResult(id, timeout: .seconds(30)) == "done")
      await getter.close()
      await server.close()
    }
  }

  @Test func manyWaitOnOneClient() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let serving = Task { try await server.serve { $0.data } }
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<200 {
          let data = JSON.integer(Int64(number))
          group.addTask { try await client.call(type: "echo", data: data, timeout: .seconds(60)) == data }
        }
        let right = try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        #expect(right == 200)
      }
      serving.cancel()
      try await serving.value
      for index in 0..<4 { try await app.expectAtRest(app.topology.resultQueue(at: index).name, messages: 0) }
      await client.close()
      await server.close()
    }
  }

  @Test func severalMayWaitForOneResult() async throws {
    try await withApplication { app in
      let client = app.client()
      let queue = app.topology.resultQueue(at: app.topology.resultQueueIndex(for: "one")).name
      try await withThrowingTaskGroup(of: JSON.self) { group in
        for _ in 0..<3 { group.addTask { try await client.getResult("one", timeout: .seconds(60)) } }
        try await app.until(queue, consumers: 1)
        try await app.putRawResult(#"{"result_id":"one","data":5}"#, for: "one")
        // A call that has not begun to wait by now gets nothing.
        #expect(try await group.next() == 5)
        group.cancelAll()
        while await group.nextResult() != nil {}
      }
      try await app.expectAtRest(queue, messages: 0)
      await client.close()
    }
  }

  // MARK: - Others' results

  @Test func twoClientsEachWaitForWhatTheOtherSees() async throws {
    try await withApplication(queues: 1) { app in
      let (one, other, server) = (app.client(), app.client(), app.server())
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<40 {
          let client = number % 2 == 0 ? one : other
          group.addTask { try await client.getResult("id\(number)", timeout: .seconds(90)) == .integer(Int64(number)) }
        }
        for number in (0..<40).reversed() { try await server.putResult("id\(number)", data: .integer(Int64(number))) }
        let right = try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        #expect(right == 40)
      }
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      for client in [one, other] { await client.close() }
      await server.close()
    }
  }

  @Test func abandonedResultsAreInNobodysWay() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      for number in 0..<20 { try await server.putResult("abandoned \(number)", data: nil) }
      for number in 0..<30 {
        async let result = client.getResult("id\(number)", timeout: .seconds(60))
        try await server.putResult("id\(number)", data: .integer(Int64(number)))
        #expect(try await result == .integer(Int64(number)))
      }
      // None was taken, none is held.
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 20)
      await client.close()
      await server.close()
    }
  }

  @Test func aResultThatComesTwiceIsGivenOnce() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let other = Task { try await client.getResult("other", timeout: .seconds(60)) }
      let waiting = Task { try await client.getResult("twice", timeout: .seconds(60)) }
      try await server.putResult("twice", data: 1)
      #expect(try await waiting.value == 1)
      try await server.putResult("twice", data: 1)
      // In the order in which they were put.
      try await server.putResult("other", data: 2)
      #expect(try await other.value == 2)
      #expect(client.statistics.duplicateResults == 1)
      #expect(client.statistics.resultsGot == 2)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  /// Nobody else knows the id of a call, so nobody will ask for its result.
  @Test func theResultOfACallThatHasEndedIsDropped() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let error = await syrpcError { _ = try await client.call(type: "t", data: 1, timeout: .milliseconds(1)) }
      #expect(error?.code == .timedOut)
      let other = Task { try await client.getResult("other", timeout: .seconds(60)) }
      let request = try await server.getRequest(timeout: .seconds(60))
      try await server.putResult(request.resultID, data: 1)
      try await server.putResult("other", data: 2)
      #expect(try await other.value == 2)
      #expect(client.statistics.lateResults == 1)
      #expect(client.statistics.rejects == 0)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  // MARK: - Names

  /// What RabbitMQ leaves in names: all but line breaks, which the settings refuse.
  @Test(arguments: ["\t", "\u{0}", "\u{1}\u{1B}\u{7F}", "\u{85}\u{2028}", " ", "/%#*"])
  func anAppNameMayContain(_ text: String) async throws {
    var configuration = SyRPCConfiguration(
      settings: try SyRPCSettings(appName: "\(text)test\(text)name\(text)"), broker: try await Broker.address)
    configuration.publishTimeout = .seconds(20)
    let (client, server) = (SyRPCClient(configuration, logger: quiet), SyRPCServer(configuration, logger: quiet))
    let serving = Task { try await server.serve { $0.data } }
    #expect(try await client.call(type: "t", data: 1, timeout: .seconds(60)) == 1)
    serving.cancel()
    try await serving.value
    await client.close()
    await server.close()
  }

  // MARK: - Time and cancellation

  /// A timeout of zero is a look, not a race.
  @Test func aResultThatIsThereIsFoundWithoutWaiting() async throws {
    try await withApplication(queues: 1) { app in
      let (client, another, server) = (app.client(), app.client(), app.server())
      let queue = app.topology.resultQueue(at: 0).name
      for round in 0..<10 {
        try await server.putResult("there-\(round)", data: .integer(Int64(round)))
        #expect(try await client.getResult("there-\(round)", timeout: .zero) == .integer(Int64(round)))
      }
      // Behind others, which are all there afterwards.
      try await app.putAbandonedResults(300)
      try await server.putResult("behind", data: "behind")
      #expect(await syrpcError { _ = try await client.getResult("none", timeout: .zero) }?.code == .timedOut)
      try await app.expectAtRest(queue, messages: 301)
      #expect(try await another.getResult("behind", timeout: .zero) == "behind")
      try await app.expectAtRest(queue, messages: 300)
      #expect(try await client.getResult("abandoned-299", timeout: .zero) == .null)
      // What somebody here waits for meanwhile is not lost to the look.
      let waiting = Task { try await client.getResult("waited for", timeout: .seconds(60)) }
      try await app.until(queue, consumers: 1)
      for round in 0..<10 {
        #expect(await syrpcError { _ = try await client.getResult("none", timeout: .zero) }?.code == .timedOut)
        #expect(
          await syrpcError { _ = try await client.getResult("none", timeout: .milliseconds(-1)) }?.code == .timedOut)
        if round == 5 { try await server.putResult("waited for", data: 1) }
      }
      #expect(try await waiting.value == 1)
      #expect(try await client.getResult("abandoned-0", timeout: .zero) == .null)
      try await app.expectAtRest(queue, messages: 298)
      for client in [client, another] { await client.close() }
      await server.close()
    }
  }

  @Test func aLookThatCannotConnectSaysWhy() async throws {
    let settings = try SyRPCSettings(appName: "test")
    let client = SyRPCClient(
      SyRPCConfiguration(settings: settings, broker: BrokerAddress(host: "127.0.0.1", port: 1)), logger: quiet)
    let error = await syrpcError { _ = try await client.getResult("none", timeout: .zero) }
    #expect(error?.code == .timedOut)
    #expect(error?.message.contains("cannot connect") == true)
    await client.close()
  }

  @Test func aResultThatDoesNotCome() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      #expect(
        await syrpcError { _ = try await client.getResult("late", timeout: .milliseconds(200)) }?.code == .timedOut)
      #expect(await syrpcError { _ = try await client.getResult("late", timeout: .zero) }?.code == .timedOut)
      try await server.putResult("late", data: 1)
      #expect(try await client.getResult("late", timeout: .seconds(30)) == 1)
      await client.close()
      await server.close()
    }
  }

  @Test func aRequestThatDoesNotCome() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      #expect(await syrpcError { _ = try await server.getRequest(timeout: .milliseconds(200)) }?.code == .timedOut)
      try await app.until(app.topology.requestQueue.name, consumers: 0)
      try await client.putRequest(type: "t", data: 1)
      #expect(try await server.getRequest(timeout: .seconds(30)).data == 1)
      await client.close()
      await server.close()
    }
  }

  @Test func gettingAResultCanBeCancelled() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let queue = app.topology.resultQueue(at: 0).name
      let waiting = Task { try await client.getResult("a", timeout: .seconds(100)) }
      try await app.until(queue, consumers: 1)
      waiting.cancel()
      await #expect(throws: CancellationError.self) { try await waiting.value }
      try await app.until(queue, consumers: 0)
      try await server.putResult("a", data: 2)
      #expect(try await client.getResult("a", timeout: .seconds(30)) == 2)
      await client.close()
      await server.close()
    }
  }

  /// Requests arrive while the wait for them is being cancelled: each is got by that call or by a later one.
  @Test func noRequestIsLostToCancellation() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      try await server.connect()
      var got: Set<String> = []
      var put: Set<String> = []
      for round in 0..<60 {
        let waiting = Task { try await server.getRequest() }
        let putting = Task { try await client.putRequest(type: "t", data: nil) }
        for _ in 0..<(round % 7) * 20 { await Task.yield() }
        waiting.cancel()
        put.insert(try await putting.value)
        if let request = try? await waiting.value { got.insert(request.resultID) }
      }
      while got.count < put.count { got.insert(try await server.getRequest(timeout: .seconds(30)).resultID) }
      #expect(got == put)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  @Test func anIdleClientLeavesNothingBehind() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      try await server.putResult("foreign", data: 1)
      try await server.putResult("mine", data: 2)
      #expect(try await client.getResult("mine", timeout: .seconds(30)) == 2)
      #expect(
        await syrpcError { _ = try await client.getResult("none", timeout: .milliseconds(300)) }?.code == .timedOut)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 1)
      await client.close()
      await server.close()
    }
  }
}
