import SyRPC
import TestSupport
import Testing

@Suite(.tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct TypedPayloadTests {
  private struct Order: Codable, Equatable {
    var item: String
    var amount: UInt8
    var key: Int64
  }

  @Test func swiftValuesBothWays() async throws {
    try await withServing { client in
      let order = Order(item: "é", amount: 255, key: .max)
      #expect(try await client.call(type: "more", encoding: order) == Order(item: "é", amount: 254, key: .max))
      let id = try await client.putRequest(type: "more", encoding: order)
      #expect(try await client.getResult(id, as: Order.self, timeout: .seconds(60)).amount == 254)
      // The raw value is what it was.
      #expect(
        try await client.call(type: "more", data: JSON(encoding: order), timeout: .seconds(60))["key"]
          == 9223372036854775807)
    }
  }

  @Test func whatDoesNotFitIsNamed() async throws {
    try await withServing { client in
      let argument = await syrpcError {
        let _: Order = try await client.call(type: "more", encoding: ["item": "x"], timeout: .seconds(60))
      }
      #expect(argument?.code == .handlerFailed)
      #expect(argument?.message.contains("the argument of \"more\" is no Order") == true)
      #expect(argument?.message.contains(".amount") == true)

      let result = await syrpcError {
        let order = Order(item: "x", amount: 1, key: 0)
        let _: [Int] = try await client.call(type: "more", encoding: order, timeout: .seconds(60))
      }
      #expect(result?.code == .unreadableResult)
      #expect(result?.message.contains("Array<Int>") == true)

      let unknown = await syrpcError {
        let _: Int = try await client.call(type: "less", encoding: 1, timeout: .seconds(60))
      }
      #expect(unknown?.code == .handlerFailed)
      #expect(unknown?.message == "unknown request type \"less\"")

      let unencodable = await syrpcError { try await client.putRequest(type: "more", encoding: [Double.nan]) }
      #expect(unencodable?.code == .unencodable)
      #expect(unencodable?.message.contains("[0]") == true)
    }
  }

  private func withServing(_ body: (SyRPCClient) async throws -> Void) async throws {
    try await withApplication { app in
      let (client, server) = (app.client(), app.server())
      let handlers = RequestHandlers().on("more") { (order: Order) in
        var order = order
        order.amount -= 1
        return order
      }
      let serving = Task { try await server.serve(handlers) }
      try await body(client)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }
}
