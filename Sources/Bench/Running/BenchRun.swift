package import AMQP
package import InteropSupport

/// How to start a side.
package typealias SideCommand = @Sendable (Contender, SideKind, BenchApplication) -> LineProcess.Command

/// Measures all contenders against one broker, in turn.
package struct BenchRun: Sendable {
  private let plan: BenchPlan
  private let broker: BrokerAddress
  /// How to start a side.
  private let command: SideCommand
  /// Measured where there is one call at a time.
  private let peers: [PeerPair]
  /// Told what is being measured.
  private let progress: @Sendable (String) -> Void

  /// Each round begins with a while that is not measured.
  private static let warmUpSeconds = 0.3

  private struct Pair {
    let client: SideProcess
    let server: SideProcess
  }

  package init(
    _ plan: BenchPlan, _ broker: BrokerAddress, peers: [PeerPair] = [], command: @escaping SideCommand,
    progress: @escaping @Sendable (String) -> Void
  ) {
    self.plan = plan
    self.broker = broker
    self.peers = peers
    self.command = command
    self.progress = progress
  }

  /// - Throws: ``BenchError``; what starting and declaring throw; `CancellationError`.
  package func run() async throws -> [Measurement] {
    var pairs: [Contender: Pair] = [:]
    let outcome: Result<[Measurement], any Error>
    do {
      for contender in plan.contenders {
        try await BenchApplication(contender).declare(on: broker)
        pairs[contender] = Pair(
          client: try await SideProcess(command(contender, .client, BenchApplication(contender))),
          server: try await SideProcess(command(contender, .server, BenchApplication(contender))))
      }
      outcome = .success(try await measure(pairs))
    } catch { outcome = .failure(error) }
    for pair in pairs.values {
      await pair.client.end()
      await pair.server.end()
    }
    return try outcome.get()
  }

  private func measure(_ pairs: [Contender: Pair]) async throws -> [Measurement] {
    var measurements: [Measurement] = []
    for row in plan.rows {
      var rounds: [Contender: [Round]] = [:]
      for number in 1...plan.rounds {
        for contender in plan.contenders {
          guard let pair = pairs[contender] else { continue }
          progress("\(row.name), round \(number) of \(plan.rounds): \(contender.rawValue)")
          rounds[contender, default: []].append(try await measure(row, pair))
        }
        guard row.isSingleCall else { continue }
        for peer in peers {
          progress("\(row.name), round \(number) of \(plan.rounds): \(peer.name)")
          await peer.measure(seconds: plan.seconds, body: row.body)
        }
      }
      for contender in plan.contenders {
        var measurement = Measurement(row: row, contender: contender, rounds: rounds[contender] ?? [])
        if plan.countsSystemCalls, row.kind == .call, row.body == 32, let pair = pairs[contender] {
          progress("\(row.name), system calls: \(contender.rawValue)")
          measurement.systemCalls = try await countSystemCalls(row, pair)
        }
        measurements.append(measurement)
      }
    }
    return measurements
  }

  private func measure(_ row: BenchRow, _ pair: Pair) async throws -> Round {
    switch row.kind {
    case .call: try await serving(pair) { try await measureCalls(row, pair) }
    case .put(let count), .serve(let count):
      // The one leaves what the other needs.
      try await measureBacklog(row, pair, count)
    }
  }

  private func serving<Value>(_ pair: Pair, _ body: () async throws -> Value) async throws -> Value {
    try await pair.server.perform(.start(concurrency: plan.concurrency))
    let value = try await body()
    try await pair.server.perform(.stop)
    return value
  }

  private func load(_ row: BenchRow, seconds: Double) -> Load {
    Load(.call, outstanding: row.outstanding, seconds: seconds, body: row.body)
  }

  private func measureCalls(_ row: BenchRow, _ pair: Pair) async throws -> Round {
    try await pair.client.perform(.run(load(row, seconds: Self.warmUpSeconds)))
    let (client, server) = (try await pair.client.perform(.usage).usage, try await pair.server.perform(.usage).usage)
    let report = try await pair.client.perform(.run(load(row, seconds: plan.seconds)))
    return Round(
      report, client: (client, report.usage), server: (server, try await pair.server.perform(.usage).usage))
  }

  private func measureBacklog(_ row: BenchRow, _ pair: Pair, _ count: Int) async throws -> Round {
    let client = try await pair.client.perform(.usage).usage
    let put = try await pair.client.perform(
      .run(Load(.put, outstanding: row.outstanding, count: count, body: row.body)))
    let server = try await pair.server.perform(.usage).usage
    let serve = try await pair.server.perform(.serve(count: count, concurrency: plan.concurrency))
    if case .put = row.kind { return Round(put, client: (client, put.usage), server: nil) }
    return Round(seconds: serve.seconds, count: count, server: (server, serve.usage))
  }

  private func countSystemCalls(_ row: BenchRow, _ pair: Pair) async throws -> SystemCalls? {
    try await serving(pair) {
      try await pair.client.perform(.run(load(row, seconds: Self.warmUpSeconds)))
      return try await SystemCalls.count(client: pair.client.pid, server: pair.server.pid) {
        try await pair.client.perform(.run(load(row, seconds: plan.seconds))).latencies.reduce(0) { $0 + Int($1.count) }
      }
    }
  }
}
