import InteropBroker
import Logging
import SyRPC
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// A broker that dies, or is stopped. It is the tests' own, so one comes after the other.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(8)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct BrokerFailureTests {
  private static let count = 2_000

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

  /// How many requests have the answer that an echo gives.
  private func answers(_ client: SyRPCClient, _ requests: [(id: String, data: JSON)]) async -> Int {
    await withTaskGroup(of: Bool.self) { group in
      for request in requests {
        group.addTask { (try? await client.getResult(request.id, timeout: .seconds(120))) == request.data }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
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
}
