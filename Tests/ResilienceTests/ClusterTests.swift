import AMQP
import Interop
import SyRPC
import SyRPCWire
import TestSupport
import Testing
import WireTap

/// Three nodes with mirrored queues, of which one is killed.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct ClusterTests {
  private static let count = 1_000
  private let settings: SyRPCSettings

  init() throws {
    settings = try SyRPCSettings(appName: "cluster", messageTTL: .seconds(600), resultQueueCount: 8)
  }

  /// Runs a test against a cluster; the first node's epmd serves all.
  private func withCluster(_ body: ([PrivateBroker]) async throws -> Void) async throws {
    let first = try await PrivateBroker.start(isReady: PrivateBroker.completesHandshake)
    var nodes = [first]
    let outcome: Result<Void, any Error>
    do {
      for _ in 1..<3 {
        nodes.append(try await PrivateBroker.start(joining: first, isReady: PrivateBroker.completesHandshake))
      }
      try await first.control("set_policy", "mirrors", ".*", #"{"ha-mode":"all","ha-sync-mode":"automatic"}"#)
      outcome = .success(try await body(nodes))
    } catch { outcome = .failure(error) }
    for node in nodes.reversed() { await node.stop() }
    try outcome.get()
  }

  @Test func theNodeTheClientIsOnIsKilled() async throws {
    try await withCluster { nodes in
      // What is sent to the node that dies is looked at.
      let tap = try await Tap.start(brokerHost: "127.0.0.1", brokerPort: Int(nodes[0].port), role: "client")
      var tapped = nodes[0].address
      tapped.port = tap.port
      let addresses = [tapped, nodes[1].address, nodes[2].address]
      var configuration = SyRPCConfiguration(settings: settings, brokers: addresses)
      configuration.publishTimeout = .seconds(60)
      let client = SyRPCClient(configuration, logger: quiet)
      let server = SyRPCServer(configuration, logger: quiet)

      // Confirmed, and not yet served.
      let queued = try await put(client, 0..<Self.count / 2)
      let done = Counter()
      let serving = Task {
        try await server.serve { request in
          done.add(1)
          return request.data
        }
      }
      async let called = withTaskGroup(of: Bool.self) { group in
        for number in Self.count / 2..<Self.count {
          group.addTask {
            let data = JSON.integer(Int64(number))
            return (try? await client.call(type: "echo", data: data, timeout: .seconds(120))) == data
          }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      while done.now < Self.count / 4 { try await Task.sleep(for: .milliseconds(2)) }
      try await nodes[0].kill()

      let found = await withTaskGroup(of: Bool.self) { group in
        for (id, data) in queued {
          group.addTask { (try? await client.getResult(id, timeout: .seconds(120))) == data }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      let answered = await called
      #expect(found == queued.count)
      #expect(answered == Self.count / 2)
      #expect(client.statistics.connections > 2)
      print(
        "cluster: a node killed with \(queued.count) confirmed requests and \(Self.count / 2) calls: \(found) and "
          + "\(answered) answered, \(done.now - Self.count) done twice")
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()

      let mirrored = declarations(await tap.stop())
      let single = try await declarationsToASingleNode()
      #expect(mirrored == single)
      #expect(mirrored.count == 2 + 2 + 2 * settings.resultQueueCount)
    }
  }

  private func put(_ client: SyRPCClient, _ numbers: Range<Int>) async throws -> [(String, JSON)] {
    try await withThrowingTaskGroup(of: (String, JSON).self) { group in
      for number in numbers {
        group.addTask {
          let data = JSON.integer(Int64(number))
          return (try await client.putRequest(type: "echo", data: data), data)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// What the same client and server declare to a node without mirrors; the matrix checks those against the references.
  private func declarationsToASingleNode() async throws -> Set<[String]> {
    let broker = try await Broker.address
    let tap = try await Tap.start(brokerHost: broker.host, brokerPort: broker.port, role: "client")
    var address = broker
    address.port = tap.port
    let configuration = SyRPCConfiguration(settings: settings, broker: address)
    let client = SyRPCClient(configuration, logger: quiet)
    let server = SyRPCServer(configuration, logger: quiet)
    let serving = Task { try await server.serve { $0.data } }
    var queues: Set<Int> = []
    while queues.count < settings.resultQueueCount {
      let id = try await client.putRequest(type: "echo", data: 1)
      _ = try await client.getResult(id, timeout: .seconds(60))
      queues.insert(Topology(settings).resultQueueIndex(for: id))
    }
    serving.cancel()
    try await serving.value
    await client.close()
    await server.close()
    return declarations(await tap.stop())
  }

  /// Each declaration and binding, with all its arguments.
  private func declarations(_ transcripts: [Transcript]) -> Set<[String]> {
    var all: Set<[String]> = []
    for entry in transcripts.flatMap(\.entries) where entry.direction == .toBroker {
      guard case .method(let method) = entry.frame.kind,
        ["exchange.declare", "queue.declare", "queue.bind"].contains(method.name)
      else { continue }
      all.insert([method.name, JSON.object(method.fields).description])
    }
    return all
  }
}
