import SyRPC
import TestSupport
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct MalformedMessageTests {
  private static let malformed = [
    "no JSON", "[]", "{}", #"{"result_id":"x","type":"t"}"#, #"{"result_id":"y","type":1,"data":1}"#,
    #"{"result_id":"z","type":"t","data":99999999999999999999}"#,
  ]

  @Test func aServerGoesOnAfterMalformedRequests() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      for body in Self.malformed { try await app.putRawRequest(body) }
      let serving = Task { try await server.serve { $0.data } }
      #expect(try await client.call(type: "echo", data: 1, timeout: .seconds(30)) == 1)
      for id in ["x", "y", "z"] {
        let answer = try await client.getResult(id, timeout: .seconds(30))
        #expect(answer["exception"]?.stringValue?.contains("cannot be read") == true)
      }
      serving.cancel()
      try await serving.value
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  @Test func gettingAMalformedRequestIsAnErrorAndTakesIt() async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      for body in Self.malformed {
        try await app.putRawRequest(body)
        #expect(await syrpcError { _ = try await server.getRequest(timeout: .seconds(30)) }?.code == .unreadableRequest)
      }
      #expect(try await client.getResult("z", timeout: .seconds(30))["exception"] != nil)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      await client.close()
      await server.close()
    }
  }

  @Test func aMalformedResultIsTakenOut() async throws {
    try await withApplication(queues: 1) { app in
      let client = app.client()
      for body in ["no JSON", "[]", "{}", #"{"data":1}"#, "{\"result_id\":\"\u{0}"] {
        try await app.putRawResult(body, for: "a")
      }
      try await app.putRawResult(#"{"result_id":"a","data":1}"#, for: "a")
      #expect(try await client.getResult("a", timeout: .seconds(30)) == 1)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
    }
  }

  @Test(arguments: ["99999999999999999999", "1e999", #""\ud800""#, #"{"\u0000":1}"#])
  func aResultThatCannotBeHeldIsAnError(_ data: String) async throws {
    try await withApplication(queues: 1) { app in
      let client = app.client()
      try await app.putRawResult(#"{"result_id":"a","data":\#(data)}"#, for: "a")
      let error = await syrpcError { _ = try await client.getResult("a", timeout: .seconds(30)) }
      #expect(error?.code == .unreadableResult)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
    }
  }

  @Test func whatCannotBeWrittenIsNotSent() async throws {
    try await withApplication(queues: 1) { app in
      let (client, server) = (app.client(), app.server())
      let request = await syrpcError { try await client.putRequest(type: "t", data: [.real(.nan)]) }
      #expect(request?.code == .unencodable)
      #expect(request?.message.contains("nan") == true)
      #expect(await syrpcError { try await server.putResult("a", data: .real(.infinity)) }?.code == .unencodable)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      await client.close()
      await server.close()
    }
  }
}
