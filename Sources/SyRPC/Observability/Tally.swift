internal import Metrics
internal import NIOConcurrencyHelpers

/// Counts and times what happens, for ``Statistics`` and for swift-metrics.
///
/// Counters are called `syrpc_<event>_total`, timers `syrpc_<operation>_duration_seconds`; each has the dimensions `app`
/// and `side`, `client` or `server`.
final class Tally: Sendable {
  /// What is timed.
  enum Operation: String, Sendable, CaseIterable {
    case put, get, call, handle
  }

  private let counts = NIOLockedValueBox<[Event: Int]>([:])
  private let counters: [Event: Counter]
  private let timers: [Operation: Timer]

  init(app: String, side: String, factory: any MetricsFactory = MetricsSystem.factory) {
    let dimensions = [("app", app), ("side", side)]
    counters = Dictionary(
      uniqueKeysWithValues: Event.allCases.map {
        ($0, Counter(label: "syrpc_\($0.rawValue)_total", dimensions: dimensions, factory: factory))
      })
    timers = Dictionary(
      uniqueKeysWithValues: Operation.allCases.map {
        ($0, Timer(label: "syrpc_\($0.rawValue)_duration_seconds", dimensions: dimensions, factory: factory))
      })
  }

  func count(_ event: Event, _ number: Int = 1) {
    counts.withLockedValue { $0[event, default: 0] += number }
    counters[event]?.increment(by: number)
  }

  /// Runs an operation and records how long it took, if it succeeded.
  func time<Value>(
    _ operation: Operation, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
  ) async throws -> Value {
    let start = ContinuousClock.now
    let value = try await body()
    record(operation, since: start)
    return value
  }

  /// Records how long an operation took that has just succeeded.
  func record(_ operation: Operation, since start: ContinuousClock.Instant) {
    timers[operation]?.record(duration: .now - start)
  }

  var statistics: Statistics { Statistics(counts: counts.withLockedValue { $0 }) }
}
