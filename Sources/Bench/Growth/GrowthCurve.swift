internal import Foundation

/// What grows, while the rest stays as it is.
package enum GrowthKind: String, CaseIterable, Codable, Sendable {
  /// Calls of one client that wait at once.
  case waiters
  /// Result queues of an application.
  case queues
  /// Results that are nobody's, in the queue where one's own come.
  case foreign
  /// Servers of an application, each a process.
  case servers

  var title: String {
    switch self {
    case .waiters: "calls that wait at once"
    case .queues: "result queues"
    case .foreign: "foreign results in the queue"
    case .servers: "server processes"
    }
  }

  /// From small to large.
  package var sizes: [Int] {
    switch self {
    case .waiters: [1, 10, 100, 1000, 10_000]
    case .queues: [1, 10, 100, 1000]
    case .foreign: [0, 20, 200, 2000, 20_000]
    case .servers: [1, 2, 4, 8, 16, 32, 64]
    }
  }

  /// Who is measured: raw C acknowledges what is not its own, which is no way to deal with foreign results.
  func contenders(of all: [Contender]) -> [Contender] { self == .foreign ? all.filter { $0 == .swift } : all }
}

/// What is measured at each size.
package enum GrowthFigure: String, CaseIterable, Codable, Sendable {
  case seconds, rate, p50, p99, first, bytesEach, clientCPU, serverCPU, brokerCPU

  var title: String {
    switch self {
    case .seconds: "Time for all"
    case .rate: "Rate"
    case .p50: "Median latency"
    case .p99: "p99 latency"
    case .first: "First call"
    case .bytesEach: "Memory for each"
    case .clientCPU: "Client processor time"
    case .serverCPU: "Processor time of all servers"
    case .brokerCPU: "Broker processor time"
    }
  }

  /// In tables.
  var unit: String {
    switch self {
    case .seconds: "s"
    case .rate: "/s"
    case .bytesEach: "B"
    case .p50, .p99, .first, .clientCPU, .serverCPU, .brokerCPU: "ms"
    }
  }

  /// With its unit.
  var axis: String {
    switch self {
    case .seconds: "seconds"
    case .rate: "calls a second"
    case .p50, .p99, .first: "milliseconds"
    case .bytesEach: "bytes for each"
    case .clientCPU, .serverCPU, .brokerCPU: "milliseconds of processor time for a call"
    }
  }
}

/// What was measured at one size.
package struct GrowthPoint: Codable, Hashable, Sendable {
  package var size: Int
  /// By the names of ``GrowthFigure``; what could not be measured is not there.
  package var figures: [String: Double] = [:]

  package init(size: Int) { self.size = size }

  package subscript(figure: GrowthFigure) -> Double? {
    get { figures[figure.rawValue] }
    set { figures[figure.rawValue] = newValue }
  }
}

/// One contender, from small to large.
package struct GrowthCurve: Codable, Hashable, Sendable {
  package var kind: GrowthKind
  package var contender: Contender
  package var points: [GrowthPoint]
  /// Why it ends before the largest size; nil if it does not.
  package var ended: String?

  package init(kind: GrowthKind, contender: Contender, points: [GrowthPoint] = []) {
    self.kind = kind
    self.contender = contender
    self.points = points
  }
}

/// How a figure grew from one size to the next.
package struct GrowthStep: Hashable, Sendable {
  package let size: Double
  package let figure: Double

  /// Nil where there is no factor: from or to nothing.
  package init?(from before: GrowthPoint, to after: GrowthPoint, _ figure: GrowthFigure) {
    guard before.size > 0, after.size > before.size, let old = before[figure], let new = after[figure], old > 0, new > 0
    else { return nil }
    size = Double(after.size) / Double(before.size)
    self.figure = new / old
  }

  /// `×10 → ×9.8`.
  package var shown: String { "×\(Self.factor(size)) → ×\(Self.factor(figure))" }

  private static func factor(_ value: Double) -> String {
    value.formatted(
      .number.precision(.significantDigits(1...(value >= 10 ? 4 : 2))).grouping(.never)
        .locale(.init(identifier: "en_US_POSIX")))
  }
}
