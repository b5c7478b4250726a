import SyRPC
import TestSupport
import Testing

/// Generated malformed messages between valid calls.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct BadInputTests {
  private static let rounds = 60

  @Test func everyValidCallIsAnsweredAndEveryMalformedMessageReportedOnce() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let (requests, results) = (Complaints(), Complaints())
      let client = SyRPCClient(app.configuration, logger: results.logger)
      let server = SyRPCServer(app.configuration, logger: requests.logger)
      let serving = Task { try await server.serve { $0.data } }
      // Keeps the result queue consumed, so that what is malformed is seen as it comes.
      let waiting = Task { try await client.getResult("the last", timeout: .seconds(200)) }
      var generator = MalformedMessages(seed: 1)
      var sent = 0
      for round in 0..<Self.rounds {
        for (body, contentType) in generator.next(huge: round % 10 == 0) {
          try await app.putRawRequest(body, contentType: contentType)
          try await app.putRawResult(body, for: "any", contentType: contentType)
          sent += 1
        }
        try await bigInteger(round, app, client)
        let data = JSON.integer(Int64(round))
        #expect(try await client.call(type: "echo", data: data, timeout: .seconds(60)) == data)
        // What a message is said to be does not matter, only what it is.
        let wrong = MalformedMessages.contentTypes[round % MalformedMessages.contentTypes.count]
        try await app.putRawRequest(
          #"{"result_id":"said-\#(round)","type":"echo","data":\#(round)}"#, contentType: wrong)
        #expect(try await client.getResult("said-\(round)", timeout: .seconds(60)) == data)
        async let said = client.getResult("said-too-\(round)", timeout: .seconds(60))
        try await app.putRawResult(
          #"{"result_id":"said-too-\#(round)","data":\#(round)}"#, for: "said-too-\(round)", contentType: wrong)
        #expect(try await said == data)
      }
      #expect(2 * sent >= 1000)
      try await server.putResult("the last", data: 1)
      #expect(try await waiting.value == 1)
      // Requests of which an id can be read are answered, and no less reported.
      let unreadable = sent + Self.rounds
      while server.statistics.unreadableRequests < unreadable || client.statistics.malformedResults < sent {
        try await Task.sleep(for: .milliseconds(20))
      }
      serving.cancel()
      try await serving.value
      #expect(server.statistics.unreadableRequests == unreadable)
      #expect(requests.count("dropped an unreadable request") == unreadable)
      #expect(client.statistics.malformedResults == sent)
      #expect(results.count("dropped a malformed result") == sent)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      print("bad input: \(2 * sent + 2 * Self.rounds) malformed messages, \(3 * Self.rounds) valid calls between them")
      await client.close()
      await server.close()
    }
  }

  /// An integer beyond 64 bits in a request, whose sender is told of it; and in a result, whose reader is.
  private func bigInteger(_ round: Int, _ app: Application, _ client: SyRPCClient) async throws {
    let integer = "99999999999999999\(round + 100)"
    try await app.putRawRequest(#"{"result_id":"request-\#(round)","type":"echo","data":[\#(integer)]}"#)
    let answer = try await client.getResult("request-\(round)", timeout: .seconds(60))
    #expect(answer["exception"]?.stringValue?.contains("cannot be read") == true)
    async let error = syrpcError { _ = try await client.getResult("result-\(round)", timeout: .seconds(60)) }
    try await app.putRawResult(#"{"result_id":"result-\#(round)","data":-\#(integer)}"#, for: "result-\(round)")
    #expect(await error?.code == .unreadableResult)
  }

  /// Somebody else may be able to hold what this library cannot, so it goes back: until its time is over.
  @Test func anothersResultThatCannotBeHeldGoesRoundNoLongerThanItsTime() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(4)) { app in
      let client = app.client()
      let waiting = Task { try await client.getResult("never", timeout: .seconds(100)) }
      try await app.until(app.topology.resultQueue(at: 0).name, consumers: 1)
      try await app.putRawResult(#"{"result_id":"foreign","data":99999999999999999999}"#, for: "foreign")
      while client.statistics.holds < 1 { try await Task.sleep(for: .milliseconds(5)) }
      try await Task.sleep(for: .seconds(7))
      let rejects = client.statistics.rejects
      try await Task.sleep(for: .seconds(1))
      #expect(client.statistics.rejects == rejects)
      #expect(client.statistics.malformedResults == 0)
      waiting.cancel()
      _ = await waiting.result
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
    }
  }
}
