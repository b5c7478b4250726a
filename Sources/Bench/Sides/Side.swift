internal import Histogram
internal import NIOConcurrencyHelpers
package import SyRPC
internal import SyRPCWire

/// One side of a measurement, in a process of its own: does as it is told, and says how long it took.
package struct Side: Sendable {
  private let client: (any LoadClient)?
  private let server: (any LoadServer)?

  package init(_ kind: SideKind, of contender: Contender, _ configuration: SyRPCConfiguration) throws {
    client = kind == .client ? try contender.client(configuration) : nil
    server = kind == .server ? try contender.server(configuration) : nil
  }

  /// Does what lines say, until there are no more.
  package func run(_ line: @Sendable () async -> String?, answer: @Sendable (String) -> Void) async throws {
    while let line = await line() {
      let order: Order = try JSON(parsing: line.utf8).decoded()
      let report = try JSON(encoding: await perform(order)).encoded()
      answer(String(decoding: report, as: UTF8.self))
    }
    await client?.close()
    await server?.close()
  }

  private func perform(_ order: Order) async -> Report {
    let histogram = NIOLockedValueBox(Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000))
    let start = ContinuousClock.now
    var failure: String?
    do {
      switch order {
      case .run(let load):
        try await client?.run(load) { value in histogram.withLockedValue { _ = $0.record(value) } }
      case .start(let concurrency): try await server?.start(concurrency: concurrency)
      case .stop: try await server?.stop()
      case .serve(let count, let concurrency): try await server?.serve(count: count, concurrency: concurrency)
      case .usage: break
      }
    } catch { failure = "\(error)" }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let latencies = histogram.withLockedValue { histogram in
      histogram.recordedValues().map { Report.Latency(nanoseconds: $0.value, count: $0.count) }
    }
    return Report(error: failure, seconds: seconds, latencies: latencies, usage: .now())
  }
}
