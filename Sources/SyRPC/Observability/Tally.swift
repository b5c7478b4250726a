internal import AMQP
internal import Metrics
internal import NIOConcurrencyHelpers

/// Counts and times what happens, for ``Statistics`` and for swift-metrics.
///
/// Counters are called `syrpc_<event>_total`, timers `syrpc_<operation>_duration_seconds`; each has the dimensions `app`
/// and `side`, `client` or `server`.
final class Tally: Sendable {
  /// What is timed.
  enum Operation: Int, Sendable, CaseIterable {
    case put, get, call, handle
  }

  // By raw values.
  private let counts = NIOLockedValueBox([Int](repeating: 0, count: Event.allCases.count))
  private let counters: [Counter]
  private let timers: [Timer]

  init(app: String, side: String, factory: any MetricsFactory = MetricsSystem.factory) {
    let dimensions = [("app", app), ("side", side)]
    counters = Event.allCases.map {
      Counter(label: "syrpc_\($0.label)_total", dimensions: dimensions, factory: factory)
    }
    timers = Operation.allCases.map {
      Timer(label: "syrpc_\($0)_duration_seconds", dimensions: dimensions, factory: factory)
    }
  }

  func count(_ event: Event, _ number: Int = 1) {
    counts.withLockedValue { $0[event.rawValue] += number }
    counters[event.rawValue].increment(by: number)
  }

  /// Runs an operation and records how long it took, if it succeeded.
  func time<Value>(
    _ operation: Operation, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    let start = Moment.now
    let value = try await body()
    record(operation, since: start)
    return value
  }

  /// Records how long an operation took that has just succeeded.
  func record(_ operation: Operation, since start: Moment) {
    timers[operation.rawValue].recordNanoseconds(Moment.now.nanoseconds(since: start))
  }

  var statistics: Statistics { Statistics(counts: counts.withLockedValue { $0 }) }
}
