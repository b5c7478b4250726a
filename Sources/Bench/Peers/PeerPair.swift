package import AMQP
internal import Histogram
internal import InteropModel
package import InteropRunner
internal import InteropSupport
internal import SyRPCWire

/// The client and the server of one peer.
package actor PeerPair {
  package nonisolated let name: String
  private let client, server: AdapterProcess?
  private var result: PeerMeasurement

  /// How many calls tell how many fit into a round.
  private static let tryCount = 10
  private static let mostCalls = 5000

  /// Starts both, or notes why they cannot be: a peer that is not live, or does not work, is shown as such.
  ///
  /// - Parameters:
  ///   - entry: the peer.
  ///   - broker: what to connect to.
  ///   - folder: where what they complain of is kept.
  package init(_ entry: PeerCatalog.Entry, _ broker: BrokerAddress, folder: String) async {
    name = entry.manifest.name
    var result = PeerMeasurement(peer: name, reason: entry.reasonNotLive)
    var (client, server): (AdapterProcess?, AdapterProcess?)
    if case .live(let command) = entry.availability {
      do {
        let log = folder / "\(name).log"
        let starting = try await AdapterProcess("\(name) client", command, errors: log)
        client = starting
        let serving = try await AdapterProcess("\(name) server", command, errors: log)
        server = serving
        let identity = try await starting.ask("hello").identity()
        _ = try await serving.ask("hello").identity()
        (result.implementation, result.runtime) = (identity.implementation, identity.runtime)
        result.pipeMilliseconds = try await Self.pipe(starting)
        // The server first: some clients do not declare what they put into.
        let appName = "bench_peer_\(String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" }))"
        try await serving.open("server", broker, appName)
        try await starting.open("putter", broker, appName)
      } catch {
        result.reason = "it did not start: \(error)"
        await client?.end()
        await server?.end()
        (client, server) = (nil, nil)
      }
    }
    self.client = client
    self.server = server
    self.result = result
  }

  /// What was measured so far.
  package var measurement: PeerMeasurement { result }

  package func end() async {
    await client?.end()
    await server?.end()
  }

  private static func pipe(_ adapter: AdapterProcess) async throws -> Double? {
    var times: [Double] = []
    for _ in 0..<50 { times.append(Double(try await adapter.refusal()) / 1e6) }
    return Summary(times)?.median
  }

  /// Measures a round; after one that failed, no other.
  func measure(seconds: Double, body: Int) async {
    guard let client, let server, result.reason == nil else { return }
    let payload = JSON.string(String(repeating: "x", count: body)).description
    do {
      let (_, warm) = try await calls(client, server, Self.tryCount, payload)
      let count = min(Self.mostCalls, max(Self.tryCount, Int(Double(Self.tryCount) / warm * seconds)))
      let before = (Usage.ofGroup(client.pid), Usage.ofGroup(server.pid))
      let (latencies, taken) = try await calls(client, server, count, payload)
      let after = (Usage.ofGroup(client.pid), Usage.ofGroup(server.pid))
      result.rounds.append(Self.round(latencies, taken, client: (before.0, after.0), server: (before.1, after.1)))
    } catch { result.reason = "it could not be measured: \(error)" }
  }

  /// Some calls, one after the other.
  private func calls(
    _ client: AdapterProcess, _ server: AdapterProcess, _ count: Int, _ payload: String
  ) async throws -> (latencies: [UInt64], seconds: Double) {
    async let serving: Void = server.serve(count)
    var latencies: [UInt64] = []
    let start = ContinuousClock.now
    for _ in 0..<count {
      let begun = ContinuousClock.now
      try await client.call(payload)
      latencies.append((.now - begun).nanoseconds)
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try await serving
    return (latencies, seconds)
  }

  private static func round(
    _ latencies: [UInt64], _ seconds: Double, client: (Usage?, Usage?), server: (Usage?, Usage?)
  ) -> Round {
    let none = Usage(processorSeconds: 0, peakBytes: 0, threads: 0)
    let report = Report(
      error: nil, seconds: seconds, latencies: latencies.map { .init(nanoseconds: $0, count: 1) },
      usage: client.1 ?? none)
    var round = Round(
      report, client: (client.0 ?? none, client.1 ?? none), server: (server.0 ?? none, server.1 ?? none))
    if client.0 == nil || client.1 == nil {
      (round.clientCPU, round.clientPeakBytes, round.clientThreads) = (nil, nil, nil)
    }
    if server.0 == nil || server.1 == nil {
      (round.serverCPU, round.serverPeakBytes, round.serverThreads) = (nil, nil, nil)
    }
    return round
  }
}
