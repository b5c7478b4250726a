import InteropBroker
import SyRPC
import TestSupport
import Testing

/// A broker that takes no messages, since it has too little memory.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct AlarmTests {
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
}
