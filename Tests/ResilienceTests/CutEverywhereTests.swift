import AMQP
import SyRPC
import TestSupport
import Testing
import WireTap

/// An echo call over connections that end at each frame boundary in turn.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(10)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct CutEverywhereTests {
  /// A place at which a connection can end.
  private struct Place: CustomStringConvertible, Sendable {
    let side: Side
    let fault: TapFault
    var description: String { "\(fault) of the \(side)" }
  }

  private enum Side: String, Sendable { case client, server }

  private enum Outcome: Sendable {
    case right, documentedError, hung
    /// It ended without having come to the place.
    case missed
    case wrong(String)
  }

  private static let timeout = Duration.seconds(20)
  /// Two calls, each with 15 s to put and 20 to get, and closing.
  private static let limit = Duration.seconds(120)

  @Test(arguments: [TapFault.Stop.cut, .stall])
  func everyCallIsAnsweredOrFailsAsDocumentedAndTheNextOneWorks(_ effect: TapFault.Stop) async throws {
    let places = try await places(effect)
    let outcomes = await withTaskGroup(of: (Place, Outcome).self) { group in
      var outcomes: [(Place, Outcome)] = []
      for (index, place) in places.enumerated() {
        // Some at a time: most of the time is spent waiting for silence to be noticed.
        if index >= 16, let outcome = await group.next() { outcomes.append(outcome) }
        group.addTask { (place, await call(at: place, within: Self.limit)) }
      }
      for await outcome in group { outcomes.append(outcome) }
      return outcomes
    }
    var (right, failed, hung, missed, wrong) = (0, 0, 0, 0, 0)
    for (place, outcome) in outcomes {
      switch outcome {
      case .right: right += 1
      case .documentedError: failed += 1
      case .missed: missed += 1
      case .hung:
        hung += 1
        Issue.record("\(place): no end within \(Self.limit)")
      case .wrong(let what):
        wrong += 1
        Issue.record("\(place): \(what)")
      }
    }
    print(
      "cut everywhere: \(effect) at \(outcomes.count) places: \(right) answered, \(failed) timed out, \(hung) hung, "
        + "\(wrong) wrong, \(missed) not come to")
    #expect(outcomes.count > 60)
    // A lost connection is made again within the time of a call.
    #expect(right > outcomes.count / 2)
    #expect(missed < outcomes.count / 10)
  }

  /// All frame boundaries of an undisturbed call, both directions, on the two connections of each side.
  private func places(_ effect: TapFault.Stop) async throws -> [Place] {
    let outcome = try await withTaps { taps, client, server in
      let serving = Task { try await server.serve { $0.data } }
      #expect(try await client.call(type: "echo", data: 1, timeout: .seconds(60)) == 1)
      serving.cancel()
      try await serving.value
      await client.close()
      await server.close()
      return [(Side.client, await taps.client.stop()), (.server, await taps.server.stop())]
    }
    return outcome.flatMap { side, transcripts in
      transcripts.enumerated().flatMap { connection, transcript in
        Transcript.Direction.allCases.flatMap { direction in
          (0...transcript.entries.count { $0.direction == direction }).map {
            Place(side: side, fault: TapFault(effect, direction, afterFrames: $0, connection: connection))
          }
        }
      }
    }
  }

  /// The outcome of a call; if there is none in time, the test goes on without it.
  private func call(at place: Place, within limit: Duration) async -> Outcome {
    let (outcomes, sink) = AsyncStream<Outcome>.makeStream()
    let calling = Task {
      var outcome = await call(at: place)
      // A side makes its connections at the same time: which is the first, and has more frames, differs.
      for _ in 0..<4 {
        guard case .missed = outcome else { break }
        outcome = await call(at: place)
      }
      sink.yield(outcome)
    }
    let waiting = Task {
      try await Task.sleep(for: limit)
      sink.yield(.hung)
    }
    defer {
      calling.cancel()
      waiting.cancel()
    }
    for await outcome in outcomes { return outcome }
    return .hung
  }

  private func call(at place: Place) async -> Outcome {
    do {
      return try await withTaps(place) { taps, client, server in
        let serving = Task { try await server.serve { $0.data } }
        let start = ContinuousClock.now
        var outcome = Outcome.right
        do {
          let result = try await client.call(type: "echo", data: "first", timeout: Self.timeout)
          if result != "first" { outcome = .wrong("the call gave \(result)") }
        } catch let error as SyRPCError where error.code == .timedOut {
          outcome = .documentedError
        } catch {
          outcome = .wrong("the call threw \(error)")
        }
        // Putting has 10 s, getting 20.
        if .now - start > .seconds(40) { outcome = .wrong("the call took \(ContinuousClock.now - start)") }
        do {
          let result = try await client.call(type: "echo", data: "second", timeout: Self.timeout)
          if result != "second" { outcome = .wrong("the next call gave \(result)") }
        } catch { outcome = .wrong("the next call threw \(error)") }
        serving.cancel()
        do { try await serving.value } catch { outcome = .wrong("serving threw \(error)") }
        await client.close(within: .seconds(5))
        await server.close(within: .seconds(5))
        let tapped = await (place.side == .client ? taps.client : taps.server).stop()
        if case .right = outcome, !tapped.contains(where: { [.cutByFault, .stalledByFault].contains($0.ending) }) {
          outcome = .missed
        }
        return outcome
      }
    } catch { return .wrong("\(error)") }
  }

  private struct Taps: Sendable {
    let client: Tap
    let server: Tap
  }

  /// A client and a server, each behind a tap of its own.
  private func withTaps<Value>(
    _ place: Place? = nil, _ body: (Taps, SyRPCClient, SyRPCServer) async throws -> Value
  ) async throws -> Value {
    let broker = try await Broker.address
    func tap(_ side: Side) async throws -> Tap {
      try await Tap.start(
        brokerHost: broker.host, brokerPort: broker.port, role: side.rawValue,
        faults: TapFaults(place.flatMap { $0.side == side ? [$0.fault] : nil } ?? []))
    }
    let taps = Taps(client: try await tap(.client), server: try await tap(.server))
    var value: Value?
    try await withApplication(queues: 1) { app in
      func configuration(_ tap: Tap) -> SyRPCConfiguration {
        var configuration = app.configuration
        configuration.brokers[0].port = tap.port
        configuration.connectTimeout = .seconds(2)
        configuration.replyTimeout = .seconds(1)
        configuration.publishTimeout = .seconds(15)
        configuration.heartbeat = .seconds(1)
        return configuration
      }
      let client = SyRPCClient(configuration(taps.client), logger: quiet)
      let server = SyRPCServer(configuration(taps.server), logger: quiet)
      value = try await body(taps, client, server)
    }
    _ = await taps.client.stop()
    _ = await taps.server.stop()
    return try #require(value)
  }
}
