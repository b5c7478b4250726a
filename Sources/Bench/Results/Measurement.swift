internal import Histogram

/// What one round gave.
package struct Round: Codable, Hashable, Sendable {
  /// Calls, puts or answers a second.
  package var rate: Double
  /// Milliseconds; nil where nobody waited.
  package var p50, p95, p99, max: Double?
  /// Processor time for each, in milliseconds; nil of a side that had no part.
  package var clientCPU, serverCPU: Double?
  package var clientPeakBytes, serverPeakBytes: Int?
  package var clientThreads, serverThreads: Int?

  init(_ report: Report, client: (before: Usage, after: Usage), server: (before: Usage, after: Usage)?) {
    var histogram = Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000)
    for latency in report.latencies { _ = histogram.record(latency.nanoseconds, count: latency.count) }
    let count = Int(histogram.totalCount)
    self.init(seconds: report.seconds, count: count, server: server)
    func milliseconds(_ percentile: Double) -> Double { Double(histogram.valueAtPercentile(percentile)) / 1e6 }
    (p50, p95, p99) = (milliseconds(50), milliseconds(95), milliseconds(99))
    max = Double(histogram.max) / 1e6
    clientCPU = Self.processorTime(client, count)
    clientPeakBytes = client.after.peakBytes
    clientThreads = client.after.threads
  }

  init(seconds: Double, count: Int, server: (before: Usage, after: Usage)?) {
    rate = Double(count) / seconds
    guard let server else { return }
    serverCPU = Self.processorTime(server, count)
    serverPeakBytes = server.after.peakBytes
    serverThreads = server.after.threads
  }

  private static func processorTime(_ usage: (before: Usage, after: Usage), _ count: Int) -> Double {
    (usage.after.processorSeconds - usage.before.processorSeconds) * 1000 / Double(Swift.max(1, count))
  }
}

/// A row of one contender.
package struct Measurement: Codable, Hashable, Sendable {
  package var row: BenchRow
  package var contender: Contender
  package var rounds: [Round]
  /// Nil if they were not counted.
  package var systemCalls: SystemCalls?

  /// One figure over all rounds; nil if no round has it.
  package func summary(_ figure: (Round) -> Double?) -> Summary? { Summary(rounds.compactMap(figure)) }
}

/// The median of some values, and how far they are apart.
package struct Summary: Codable, Hashable, Sendable {
  package let median: Double
  package let least: Double
  package let most: Double

  /// Nil for no values.
  package init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let middle = sorted.count / 2
    median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    least = first
    most = last
  }

  /// Whether all values of one are on the same side of all of the other.
  package func isApart(from other: Summary) -> Bool { least > other.most || most < other.least }
}
