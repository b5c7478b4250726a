import SyRPCWire
import Testing

@Suite struct TopologyTests {
  @Test func namesAreThoseOfTheVectors() throws {
    let (_, vectors) = try vectors("naming")
    #expect(!vectors.isEmpty)
    for vector in vectors {
      func text(_ key: String) throws -> String { try #require(vector[key]?.stringValue) }
      let topology = Topology(
        try SyRPCSettings(
          appName: text("app_name"), resultQueueCount: Int(try #require(vector["num_queues"]?.integerValue))))
      let index = topology.resultQueueIndex(for: try text("result_id"))

      #expect(try topology.requestExchange.name == text("request_exchange"))
      #expect(try topology.requestQueue.name == text("request_queue"))
      #expect(
        try topology.requestBinding
          == Binding(
            queue: text("request_queue"), exchange: text("request_exchange"), routingKey: text("request_routing_key")))
      #expect(try topology.resultExchange.name == text("result_exchange"))
      #expect(try topology.resultQueue(at: index).name == text("result_queue"))
      #expect(
        try topology.resultBinding(at: index)
          == Binding(
            queue: text("result_queue"), exchange: text("result_exchange"), routingKey: text("result_routing_key")))
    }
  }

  @Test func exchangesAreDirectAndDurable() throws {
    let topology = Topology(try SyRPCSettings(appName: "a"))
    for exchange in [topology.requestExchange, topology.resultExchange] {
      #expect(exchange.type == "direct")
      #expect(exchange.durable && !exchange.autoDelete && !exchange.internal)
    }
  }

  @Test func onlyResultQueuesExpire() throws {
    let topology = Topology(try SyRPCSettings(appName: "a", ttl: .seconds(7), messageTTL: .milliseconds(1234)))
    #expect(topology.requestQueue.arguments.isEmpty)
    let queue = topology.resultQueue(at: 3)
    #expect(queue.arguments.map(\.name) == ["x-expires", "x-message-ttl"])
    #expect(queue.arguments.map(\.milliseconds) == [7000, 1234])
    for queue in [queue, topology.requestQueue] {
      #expect(queue.durable && !queue.exclusive && !queue.autoDelete)
    }
  }
}
