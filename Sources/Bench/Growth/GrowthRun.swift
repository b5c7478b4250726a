package import AMQP
internal import InteropSupport

/// Measures how figures grow with one size.
package struct GrowthRun: Sendable {
  private let contenders: [Contender]
  private let seconds: Double
  private let limit: Duration
  private let broker: BrokerAddress
  /// What is on the command lines of the broker's processes; nil if it is not ours.
  private let brokerMark: String?
  private let command: SideCommand
  private let progress: @Sendable (String) -> Void

  private static let body = 32
  private static let concurrency = 256

  /// - Parameters:
  ///   - contenders: who is measured.
  ///   - seconds: how long at each size, where a time says.
  ///   - limit: how long a curve may take; the size that is being measured then is the last.
  ///   - broker: against what.
  ///   - brokerMark: what is on the command lines of the broker's processes; nil if they are elsewhere.
  ///   - command: how to start a side.
  ///   - progress: told what is being measured.
  package init(
    contenders: [Contender], seconds: Double, limit: Duration, broker: BrokerAddress, brokerMark: String?,
    command: @escaping SideCommand, progress: @escaping @Sendable (String) -> Void
  ) {
    self.contenders = contenders
    self.seconds = seconds
    self.limit = limit
    self.broker = broker
    self.brokerMark = brokerMark
    self.command = command
    self.progress = progress
  }

  /// - Returns: a curve for each contender; one that could not be measured to its end says why.
  /// - Throws: `CancellationError`.
  package func measure(_ kind: GrowthKind) async throws -> [GrowthCurve] {
    var curves: [GrowthCurve] = []
    for contender in kind.contenders(of: contenders) {
      var curve = GrowthCurve(kind: kind, contender: contender)
      let end = ContinuousClock.now + limit
      for size in kind.sizes {
        try Task.checkCancellation()
        guard .now < end else {
          curve.ended = "no time for \(size) and more"
          break
        }
        progress("\(kind.rawValue) \(size): \(contender.rawValue)")
        do { curve.points.append(try await point(kind, contender, size)) } catch {
          try Task.checkCancellation()
          curve.ended = "\(size): \(error)"
          break
        }
      }
      curves.append(curve)
    }
    return curves
  }

  private func point(_ kind: GrowthKind, _ contender: Contender, _ size: Int) async throws -> GrowthPoint {
    let queues: Int? =
      switch kind {
      case .queues: size
      case .foreign: 1
      case .waiters, .servers: nil
      }
    let suffix = "_\(kind.rawValue)_\(size)"
    let application =
      queues.map { BenchApplication(contender, suffix: suffix, queueCount: $0) }
      ?? BenchApplication(contender, suffix: suffix)
    try await application.declare(on: broker)
    let sides = GrowthSides()
    let outcome: Result<GrowthPoint, any Error>
    do {
      let client = try await sides.add(command(contender, .client, application))
      for _ in 0..<(kind == .servers ? size : 1) { _ = try await sides.add(command(contender, .server, application)) }
      outcome = .success(
        try await kind == .waiters
          ? waiters(size, application, client, await sides.servers[0])
          : calls(kind, size, client, await sides.servers))
    } catch { outcome = .failure(error) }
    await sides.end()
    return try outcome.get()
  }

  private func load(_ outstanding: Int, seconds: Double = 0, count: Int = 0) -> Load {
    Load(.call, outstanding: outstanding, seconds: seconds, count: count, body: Self.body)
  }

  /// All wait before the first is answered.
  private func waiters(
    _ size: Int, _ application: BenchApplication, _ client: SideProcess, _ server: SideProcess
  ) async throws -> GrowthPoint {
    // A first call, for what is made only once.
    async let first = client.perform(.run(load(1, count: 1)))
    try await server.perform(.serve(count: 1, concurrency: Self.concurrency))
    _ = try await first
    // Asked twice: the peak is then what is there now.
    try await client.perform(.usage)
    let before = try await client.perform(.usage).usage
    let brokerBefore = brokerSeconds
    async let run = client.perform(.run(load(size, count: size)))
    try await application.waitForRequests(size, on: broker)
    try await server.perform(.serve(count: size, concurrency: Self.concurrency))
    let report = try await run
    var point = GrowthPoint(size: size)
    let round = Round(report, client: (before, report.usage), server: nil)
    point[.seconds] = report.seconds
    point[.rate] = round.rate
    point[.clientCPU] = round.clientCPU
    point[.bytesEach] = Double(max(0, report.usage.peakBytes - before.peakBytes)) / Double(size)
    point[.brokerCPU] = brokerTime(since: brokerBefore, size)
    return point
  }

  private func calls(
    _ kind: GrowthKind, _ size: Int, _ client: SideProcess, _ servers: [SideProcess]
  ) async throws -> GrowthPoint {
    var point = GrowthPoint(size: size)
    if kind == .foreign, size > 0 {
      // Results that nobody waits for.
      try await client.perform(.run(Load(.put, outstanding: 64, count: size, body: Self.body)))
      try await servers[0].perform(.serve(count: size, concurrency: Self.concurrency))
    }
    for server in servers { try await server.perform(.start(concurrency: Self.concurrency)) }
    let first = try await client.perform(.run(load(1, count: 1)))
    point[.first] = first.seconds * 1000
    let outstanding = kind == .foreign ? 1 : 64
    var usages: [Usage] = []
    for server in servers { usages.append(try await server.perform(.usage).usage) }
    let (before, brokerBefore) = (try await client.perform(.usage).usage, brokerSeconds)
    let report = try await client.perform(.run(load(outstanding, seconds: seconds)))
    let round = Round(report, client: (before, report.usage), server: nil)
    let count = report.latencies.reduce(0) { $0 + Int($1.count) }
    point[.brokerCPU] = brokerTime(since: brokerBefore, count)
    var serverSeconds = 0.0
    for (server, usage) in zip(servers, usages) {
      serverSeconds += try await server.perform(.usage).usage.processorSeconds - usage.processorSeconds
    }
    point[.serverCPU] = serverSeconds * 1000 / Double(max(1, count))
    point[.rate] = round.rate
    (point[.p50], point[.p99], point[.clientCPU]) = (round.p50, round.p99, round.clientCPU)
    for server in servers { try await server.perform(.stop) }
    return point
  }

  private var brokerSeconds: Double? {
    brokerMark.flatMap { Usage.ofProcesses(with: $0)?.processorSeconds }
  }

  private func brokerTime(since before: Double?, _ count: Int) -> Double? {
    guard let before, let now = brokerSeconds else { return nil }
    return (now - before) * 1000 / Double(max(1, count))
  }
}

/// The processes of one point: the client first, then the servers.
private actor GrowthSides {
  private var sides: [SideProcess] = []
  var servers: [SideProcess] { Array(sides.dropFirst()) }

  func add(_ command: LineProcess.Command) async throws -> SideProcess {
    let side = try await SideProcess(command)
    sides.append(side)
    return side
  }

  func end() async {
    await withTaskGroup(of: Void.self) { group in
      for side in sides { group.addTask { await side.end() } }
    }
  }
}
