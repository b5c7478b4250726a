import AMQP
import InteropBroker
import SyRPC
import SyRPCWire
import TestSupport
import Testing
import WireTap

/// Three nodes with replicated queues, of which one is killed.
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
      try await replicateQueues(by: first)
      outcome = .success(try await body(nodes))
    } catch { outcome = .failure(error) }
    for node in nodes.reversed() { await node.stop() }
    try outcome.get()
  }

  /// Has each queue on all nodes, without arguments in its declaration: those are part of the wire format.
  private func replicateQueues(by node: PrivateBroker) async throws {
    do {
      try await node.control("set_policy", "mirrors", ".*", #"{"ha-mode":"all","ha-sync-mode":"automatic"}"#)
    } catch is BrokerError {
      // RabbitMQ 4 mirrors no classic queues, and refuses the policy.
      try await node.control("update_vhost_metadata", "/", "--default-queue-type", "quorum")
    }
  }

  @Test func theNodeTheClientIsOnIsKilled() async throws {
    try await withCluster { nodes in
      // What is sent to each node is looked at.
      var taps: [Tap] = []
      for node in nodes {
        taps.append(try await Tap.start(brokerHost: "127.0.0.1", brokerPort: Int(node.port), role: "client"))
      }
      let addresses = zip(nodes, taps).map { node, tap in
        var address = node.address
        address.port = tap.port
        return address
      }
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
      let more = try await client.call(type: "echo", data: "more", timeout: .seconds(60))
      #expect(more == "more")
      print(
        "cluster: a node killed with \(queued.count) confirmed requests and \(Self.count / 2) calls: \(found) and "
          + "\(answered) answered, \(done.now - Self.count - 1) done twice")
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()

      let single = try await formatOnASingleNode()
      // Exchanges, request queue, result queues with their bindings, one message each, and its properties.
      #expect(single.count == 2 + 2 + 2 * settings.resultQueueCount + 1 + settings.resultQueueCount + 1)
      var survivors: Set<[String]> = []
      for (index, tap) in taps.enumerated() {
        let format = format(await tap.stop())
        if index > 0 {
          survivors.formUnion(format)
        } else {
          #expect(format.symmetricDifference(single) == [], "before the failure")
        }
      }
      #expect(survivors.symmetricDifference(single) == [], "after it")
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

  /// What the same client and server send to a node that replicates nothing; the matrix checks it against the references.
  private func formatOnASingleNode() async throws -> Set<[String]> {
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
    return format(await tap.stop())
  }

  /// Each declaration, binding and publish, with all its arguments, and the properties of the messages.
  private func format(_ transcripts: [Transcript]) -> Set<[String]> {
    var all: Set<[String]> = []
    for entry in transcripts.flatMap(\.entries) where entry.direction == .toBroker {
      switch entry.frame.kind {
      case .method(let method)
      where ["exchange.declare", "queue.declare", "queue.bind", "basic.publish"].contains(method.name):
        all.insert([method.name, JSON.object(method.fields).description])
      case .header(let header): all.insert(["properties", JSON.object(header.properties).description])
      default: continue
      }
    }
    return all
  }
}
