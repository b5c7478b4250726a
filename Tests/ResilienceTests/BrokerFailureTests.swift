import AMQP
import InteropBroker
import InteropSupport
import Logging
import SyRPC
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// A broker of their own goes through all this, so one test comes after the other.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct BrokerFailureTests {
  private static let count = 2_000

  /// Runs a test against a node that it may kill.
  private func withNode(
    settings: String = "", _ body: (PrivateBroker, SyRPCConfiguration) async throws -> Void
  ) async throws {
    let node = try await PrivateBroker.start(settings: settings, isReady: PrivateBroker.completesHandshake)
    let outcome: Result<Void, any Error>
    do {
      var configuration = SyRPCConfiguration(
        settings: try SyRPCSettings(appName: "test", messageTTL: .seconds(600), resultQueueCount: 8),
        broker: node.address)
      configuration.publishTimeout = .seconds(60)
      outcome = .success(try await body(node, configuration))
    } catch { outcome = .failure(error) }
    await node.stop()
    try outcome.get()
  }

  @Test func killedWithConfirmedRequestsQueued() async throws {
    try await withNode { node, configuration in
      let client = SyRPCClient(configuration, logger: quiet)
      let requests = try await withThrowingTaskGroup(of: [(id: String, data: JSON)].self) { group in
        for part in 0..<20 {
          group.addTask {
            var requests: [(id: String, data: JSON)] = []
            for number in 0..<Self.count / 20 {
              let data: JSON = [.string("\(part)"), .integer(Int64(number))]
              requests.append((try await client.putRequest(type: "echo", data: data), data))
            }
            return requests
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      try await node.kill()
      try await node.restart()
      let server = SyRPCServer(configuration, logger: quiet)
      let serving = Task { try await server.serve { $0.data } }
      let answered = await answers(client, requests)
      #expect(answered == Self.count)
      print("broker killed with \(Self.count) confirmed requests queued: \(answered) answered")
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  @Test func killedDuringCalls() async throws {
    try await withNode { node, configuration in
      let (client, server) = (SyRPCClient(configuration, logger: quiet), SyRPCServer(configuration, logger: quiet))
      // By a client of its own, whose repetitions are those of puts alone.
      let putter = SyRPCClient(configuration, logger: quiet)
      let runs = Runs()
      let serving = Task {
        try await server.serve { request in
          runs.add(request)
          return request.data
        }
      }
      async let right = withTaskGroup(of: Bool.self) { group in
        for number in 0..<Self.count {
          group.addTask {
            let data = JSON.integer(Int64(number))
            guard let id = try? await putter.putRequest(type: "echo", data: data) else { return false }
            return (try? await client.getResult(id, timeout: .seconds(120))) == data
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      while runs.count < Self.count / 4 { try await Task.sleep(for: .milliseconds(2)) }
      try await node.kill()
      try await node.restart()
      let answered = await right
      #expect(answered == Self.count)
      // Each was done; and again only if it was delivered again, of which the handler was told, or put again since the
      // client did not know that it had arrived.
      #expect(runs.requests == Self.count)
      #expect(runs.againUntold <= putter.statistics.repetitions)
      print(
        "broker killed during \(Self.count) calls: \(answered) answered, \(runs.count - Self.count) done twice "
          + "(\(runs.againUntold) put twice, of \(putter.statistics.repetitions) puts that were repeated), "
          + "\(client.statistics.duplicateResults) results dropped as duplicates")
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
    }
  }

  @Test func stopped() async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.replyTimeout = .seconds(1)
      configuration.connectTimeout = .seconds(1)
      configuration.publishTimeout = .seconds(4)
      configuration.heartbeat = .seconds(1)
      let (client, server) = (SyRPCClient(configuration, logger: quiet), SyRPCServer(configuration, logger: quiet))
      let serving = Task { try await server.serve { $0.data } }
      let before = try await client.call(type: "echo", data: 1, timeout: .seconds(60))
      #expect(before == 1)
      node.pause(true)
      let start = ContinuousClock.now
      let putting = await syrpcError { try await client.putRequest(type: "echo", data: 2) }
      // It is not known what it was before the time was over: silence on the connection, or no answer to the next.
      #expect([.timedOut, .handshakeFailed, .connectionLost].contains(putting?.code), "\(putting.debugDescription)")
      #expect(.now - start < .seconds(10))
      let getting = await syrpcError { _ = try await client.getResult("x", timeout: .seconds(2)) }
      #expect(getting?.code == .timedOut)
      #expect(.now - start < .seconds(15))
      node.pause(false)
      // Within a minute; a single attempt has less time, as all its times are short.
      var after: JSON?
      let deadline = ContinuousClock.now + .seconds(60)
      while after == nil, .now < deadline {
        after = try? await client.call(type: "echo", data: 3, timeout: .seconds(10))
      }
      #expect(after == 3)
      // Closing has its time, whatever the broker does.
      node.pause(true)
      let closing = ContinuousClock.now
      serving.cancel()
      await client.close(within: .seconds(2))
      await server.close(within: .seconds(2))
      #expect(.now - closing < .seconds(20))
      node.pause(false)
      _ = await serving.result
    }
  }

  @Test(arguments: [SyRPCConfiguration.WhenBlocked.wait, .fail])
  func shortOfMemory(_ whenBlocked: SyRPCConfiguration.WhenBlocked) async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.whenBlocked = whenBlocked
      configuration.heartbeat = .seconds(3)
      let client = SyRPCClient(configuration, logger: quiet)
      try await client.connect()
      let changes = client.connectionStateChanges
      try await node.setMemoryAlarm(true)
      // Only one that publishes is told.
      let first = Task { try await client.putRequest(type: "t", data: 1) }
      for await change in changes { if case .blocked = change.state { break } }
      let second = Task { try await client.putRequest(type: "t", data: 2) }
      switch whenBlocked {
      case .fail:
        for put in [first, second] { #expect(await syrpcError { _ = try await put.value }?.code == .blocked) }
        try await node.setMemoryAlarm(false)
        // It takes them again, sooner or later.
        while await syrpcError({ try await client.putRequest(type: "t", data: 3) })?.code == .blocked {
          try await Task.sleep(for: .milliseconds(20))
        }
      case .wait:
        // More than two heartbeats: neither side takes the other for dead.
        let connections = client.statistics.connections
        try await Task.sleep(for: .seconds(13))
        #expect(client.statistics.connections == connections)
        try await node.setMemoryAlarm(false)
        _ = try await (first.value, second.value)
        #expect(client.statistics.connections == connections)
      }
      await client.close()
    }
  }

  /// While it is blocked, a server asks nothing that would not be answered, lest it take the broker for dead.
  @Test func aServerWaitsOutAnAlarmOnItsConnection() async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.replyTimeout = .seconds(2)
      let (client, server) = (SyRPCClient(configuration, logger: quiet), SyRPCServer(configuration, logger: quiet))
      let topology = Topology(configuration.settings)
      // One for each queue, of which the first declares its own alone.
      var ids: [Int: String] = [:]
      while ids.count < configuration.settings.resultQueueCount {
        let id = "\(Int.random(in: 0..<1_000_000))"
        ids[topology.resultQueueIndex(for: id)] = id
      }
      let all = Array(ids.values)
      try await server.putResult(all[0], data: 0)
      let connections = server.statistics.connections
      let changes = server.connectionStateChanges
      try await node.setMemoryAlarm(true)
      async let first: Void = server.putResult(all[1], data: 1)
      for await change in changes { if case .blocked = change.state { break } }
      async let others: Void = withThrowingTaskGroup(of: Void.self) { group in
        for id in all[2...] { group.addTask { try await server.putResult(id, data: 2) } }
        try await group.waitForAll()
      }
      try await Task.sleep(for: .seconds(6))
      try await node.setMemoryAlarm(false)
      _ = try await (first, others)
      #expect(server.statistics.connections == connections)
      #expect(server.statistics.repetitions == 0)
      for (number, id) in all.enumerated() {
        let result = try await client.getResult(id, timeout: .seconds(60))
        #expect(result == .integer(Int64(min(number, 2))))
      }
      await client.close()
      await server.close()
    }
  }

  @Test func aBrokerThatDiesWhileItBlocksHoldsNobodyUp() async throws {
    try await withNode { node, configuration in
      let client = SyRPCClient(configuration, logger: quiet)
      try await client.connect()
      let changes = client.connectionStateChanges
      try await node.setMemoryAlarm(true)
      let first = Task { try await client.putRequest(type: "t", data: 1) }
      for await change in changes { if case .blocked = change.state { break } }
      let puts = (0..<50).map { number in Task { try await client.putRequest(type: "t", data: .integer(number)) } }
      try await node.kill()
      // The alarm is gone with it.
      try await node.restart()
      for put in [first] + puts { _ = try await put.value }
      await client.close()
    }
  }

  @Test func whoWaitsOutAnAlarmInVainIsToldOfIt() async throws {
    try await withNode { node, configuration in
      var configuration = configuration
      configuration.whenBlocked = .wait
      configuration.publishTimeout = .seconds(2)
      let client = SyRPCClient(configuration, logger: quiet)
      try await client.connect()
      try await node.setMemoryAlarm(true)
      for _ in 0..<2 {
        let error = await syrpcError { try await client.putRequest(type: "t", data: 1) }
        #expect(error?.code == .blocked)
        #expect(error?.message.contains("low on memory") == true, "\(error?.message ?? "")")
      }
      try await node.setMemoryAlarm(false)
      // It takes them again, sooner or later.
      while await syrpcError({ try await client.putRequest(type: "t", data: 2) })?.code == .blocked {}
      await client.close()
    }
  }

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

  /// Which requests were done, and how often.
  private final class Runs: Sendable {
    private let state = NIOLockedValueBox((count: 0, ids: Set<String>(), againUntold: 0))
    var count: Int { state.withLockedValue { $0.count } }
    var requests: Int { state.withLockedValue { $0.ids.count } }
    /// Those done again though the handler saw no redelivery.
    var againUntold: Int { state.withLockedValue { $0.againUntold } }

    func add(_ request: Request) {
      state.withLockedValue {
        $0.count += 1
        if !$0.ids.insert(request.resultID).inserted, !request.isRedelivered { $0.againUntold += 1 }
      }
    }
  }

  /// How many requests have the answer that an echo gives.
  private func answers(_ client: SyRPCClient, _ requests: [(id: String, data: JSON)]) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for request in requests {
        group.addTask { (try? await client.getResult(request.id, timeout: .seconds(120))) == request.data }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
  }
}
