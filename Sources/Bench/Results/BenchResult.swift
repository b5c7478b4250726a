package import SyRPCWire

/// All that was measured, as it is written and read again.
package struct BenchResult: Codable, Sendable {
  package static let currentFormat = 1

  package var format = currentFormat
  /// What was measured, and on what.
  package var about: [String: String]
  package var measurements: [Measurement]
  /// The other implementations; nil if they were not asked for.
  package var peers: [PeerMeasurement]?
  /// Nil if it was not measured.
  package var growth: [GrowthCurve]?

  package init(about: [String: String], measurements: [Measurement]) {
    self.about = about
    self.measurements = measurements
  }

  package init(_ json: JSON) throws {
    self = try json.decoded()
    guard format == Self.currentFormat else {
      throw BenchError("a result of format \(format), not \(Self.currentFormat)")
    }
  }

  package func measurement(_ row: BenchRow, _ contender: Contender) -> Measurement? {
    measurements.first { $0.row == row && $0.contender == contender }
  }

  /// The rows, in their order.
  package var rows: [BenchRow] {
    var rows: [BenchRow] = []
    for measurement in measurements where !rows.contains(measurement.row) { rows.append(measurement.row) }
    return rows
  }
}
