import AMQP
import InteropBroker
import InteropSupport
import Logging
import SyRPC
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// What a broker refuses, and what it takes back.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct RefusalTests {
  @Test func whatItsQueueRefusesIsNotConfirmed() async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.publishTimeout = .seconds(5)
      try await node.control(
        "set_policy", "--apply-to", "queues", "full", ".*", #"{"max-length":0,"overflow":"reject-publish"}"#)
      let client = SyRPCClient(configuration, logger: quiet)
      let error = await syrpcError { try await client.putRequest(type: "t", data: 1) }
      #expect(error?.code == .notConfirmed)
      try await node.control("clear_policy", "full")
      try await client.putRequest(type: "t", data: 2)
      await client.close()
    }
  }

  /// A result that its queue refuses for now is kept: what computed it is not done again.
  @Test func aResultIsKeptUntilItCanBePut() async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.publishTimeout = .milliseconds(500)
      try await node.control(
        "set_policy", "--apply-to", "queues", "full", "_result_queue_", #"{"max-length":0,"overflow":"reject-publish"}"#
      )
      let log = Complaints()
      let client = SyRPCClient(configuration, logger: quiet)
      let server = SyRPCServer(configuration, logger: log.logger)
      let calls = Counter()
      let serving = Task {
        try await server.serve { request in
          calls.add(1)
          return request.data
        }
      }
      let id = try await client.putRequest(type: "t", data: 1)
      while log.count("a result cannot be put yet, and is kept") < 2 { try await Task.sleep(for: .milliseconds(20)) }
      try await node.control("clear_policy", "full")
      let result = try await client.getResult(id, timeout: .seconds(60))
      #expect(result == 1)
      #expect(calls.now == 1)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  /// The broker takes back what is not acknowledged within its consumer_timeout, and delivers it again.
  @Test func aHandlerMayTakeLongerThanTheBrokersPatience() async throws {
    try await withNode(settings: "consumer_timeout = 5000") { node, configuration in
      // How often the broker looks; a minute by default.
      try await node.control("eval", "application:set_env(rabbit, channel_tick_interval, 500).")
      let log = Complaints()
      let client = SyRPCClient(configuration, logger: quiet)
      let server = SyRPCServer(configuration, logger: log.logger)
      let (calls, gate) = (Counter(), Gate())
      let serving = Task {
        try await server.serve { request in
          calls.add(1)
          await gate.pass()
          return request.data
        }
      }
      let warning = "the broker closed the channel: a delivery was not acknowledged within its consumer_timeout, "
      let id = try await client.putRequest(type: "t", data: 1)
      while log.count(warning + "and comes again") < 2 { try await Task.sleep(for: .milliseconds(50)) }
      gate.open()
      let result = try await client.getResult(id, timeout: .seconds(60))
      #expect(result == 1)
      #expect(calls.now == 1)
      #expect(log.texts.contains { $0.contains("raise consumer_timeout in rabbitmq.conf") })
      serving.cancel()
      try await serving.value
      await server.close()
      // Its newest delivery is the one that was acknowledged.
      let observer = try await observe(node.address)
      let status = try await observer.status(ofQueue: Topology(configuration.settings).requestQueue.name)
      #expect(status.messageCount == 0)
      await observer.close()
      await client.close()
    }
  }

  @Test func eachRefusalHasItsCode() async throws {
    try await withNode(settings: "max_message_size = 1000000") { node, configuration in
      try await node.addUser("weak", password: "s3cret", write: "^nothing$")
      let server = SyRPCServer(configuration, logger: quiet)
      try await server.connect()
      let log = Complaints(.trace)
      func error(_ change: (inout BrokerAddress) -> Void, data: JSON = 1) async -> SyRPCError? {
        var configuration = configuration
        change(&configuration.brokers[0])
        let client = SyRPCClient(configuration, logger: log.logger)
        let error = await syrpcError { try await client.putRequest(type: "t", data: data) }
        await client.close()
        return error
      }
      let wrong = await error { $0.password = "s3cret" }
      #expect(wrong?.code == .authenticationFailed)
      #expect(wrong?.brokerReplyCode == 403)
      let nowhere = await error { $0.virtualHost = "nowhere" }
      #expect(nowhere?.code == .unknownVirtualHost)
      #expect(nowhere?.brokerReplyCode == 530)
      #expect(nowhere?.message.contains("nowhere") == true)
      let foreign = await error { ($0.user, $0.password, $0.virtualHost) = ("weak", "s3cret", "replay") }
      #expect(foreign?.code == .accessRefused)
      let weak = await error { ($0.user, $0.password) = ("weak", "s3cret") }
      #expect(weak?.code == .accessRefused)
      #expect(weak?.brokerReplyCode == 403)
      for error in [wrong, nowhere, foreign, weak] { #expect(error?.description.contains("s3cret") == false) }
      #expect(log.texts.contains { $0.contains("cannot connect") })
      #expect(!log.texts.contains { $0.contains("s3cret") || $0.contains(configuration.brokers[0].password) })

      // One that is too large is the error of its caller alone.
      let client = SyRPCClient(configuration, logger: quiet)
      let large = JSON.string(String(repeating: "x", count: 1_000_001))
      async let others = withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<50 {
          group.addTask { try await client.putRequest(type: "t", data: .integer(Int64(number))) }
        }
        return try await group.reduce(into: 0) { count, _ in count += 1 }
      }
      let tooLarge = await syrpcError { try await client.putRequest(type: "t", data: large) }
      #expect(tooLarge?.code == .messageTooLarge)
      #expect(tooLarge?.brokerReplyCode == 406)
      #expect(try await others == 50)
      // A server whose result is too large says so to the caller.
      let serving = Task { try await server.serve { $0.type == "large" ? large : $0.data } }
      let answer = try await client.call(type: "large", data: 1, timeout: .seconds(60))
      #expect(answer["exception"]?.stringValue?.contains("larger") == true)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  /// Limits of connections pass when others close theirs; a limit of queues does not pass by itself.
  @Test func limitsAreNamed() async throws {
    try await withNode { node, configuration in
      func error() async -> SyRPCError? {
        var configuration = configuration
        configuration.publishTimeout = .seconds(1)
        let client = SyRPCClient(configuration, logger: quiet)
        let error = await syrpcError { try await client.putRequest(type: "t", data: 1) }
        await client.close()
        return error
      }
      let client = SyRPCClient(configuration, logger: quiet)
      try await client.connect(for: [.requests])
      try await node.control("set_vhost_limits", #"{"max-connections":1}"#)
      let ofHost = await error()
      try await node.control("clear_vhost_limits")
      try await node.control("set_user_limits", node.user, #"{"max-connections":1}"#)
      let ofUser = await error()
      try await node.control("set_user_limits", node.user, #"{"max-connections":-1,"max-channels":1}"#)
      let ofChannels = await error()
      try await node.control("clear_user_limits", node.user, "all")
      for error in [ofHost, ofUser, ofChannels] {
        #expect(error?.code == .closedByBroker)
        #expect(error?.message.contains("limit") == true, "\(error?.message ?? "")")
      }
      // The request queue is there.
      try await node.control("set_vhost_limits", #"{"max-queues":1}"#)
      let ofQueues = await syrpcError { _ = try await client.getResult("x") }
      #expect(ofQueues?.code == .preconditionFailed)
      #expect(ofQueues?.message.contains("queue limit") == true, "\(ofQueues?.message ?? "")")
      try await node.control("clear_vhost_limits")
      let none = await error()
      #expect(none == nil)
      await client.close()
    }
  }

  /// A broker whose operator has turned PLAIN off, or wants certificates: that does not pass by itself.
  @Test func aMechanismThatIsNotOfferedIsNamed() async throws {
    let node = try await PrivateBroker.start(
      settings: "auth_mechanisms.1 = AMQPLAIN\nauth_mechanisms.2 = RABBIT-CR-DEMO", isReady: Self.listens)
    let configuration = SyRPCConfiguration(settings: try SyRPCSettings(appName: "test"), broker: node.address)
    for (authentication, mechanism) in [(Authentication.plain, "PLAIN"), (.external, "EXTERNAL")] {
      var configuration = configuration
      configuration.authentication = authentication
      let client = SyRPCClient(configuration, logger: quiet)
      // It does not wait for the result for ever.
      let error = await syrpcError { _ = try await client.getResult("x") }
      #expect(error?.code == .authenticationFailed)
      #expect(error?.message.contains(" by \(mechanism): the broker offers ") == true, "\(error?.message ?? "")")
      #expect(error?.message.contains("AMQPLAIN") == true)
      #expect(error?.message.contains("amqps") == false)
      await client.close()
    }
    await node.stop()
  }

  /// Whether a broker answers, which may refuse the login.
  @Sendable private static func listens(_ host: String, _ port: UInt16) async -> Bool {
    let address = BrokerAddress(host: host, port: Int(port))
    do {
      await (try await AMQPConnection.open(address, ConnectionOptions(name: "probe"), logger: quiet)).close()
      return true
    } catch { return (error as? AMQPError)?.code == .authenticationFailed }
  }
}
