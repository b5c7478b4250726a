internal import NIOConcurrencyHelpers

/// What a run spends its time on.
package enum Activity: String, CaseIterable, Sendable {
  case build, broker, processes, calls, waiting, judging, writing

  /// What counts as it.
  package var meaning: String {
    switch self {
    case .build: "set-up and compiler, before the run began"
    case .broker: "starting and stopping it, and looking into its queues"
    case .processes: "starting, asking and ending adapters"
    case .calls: "requests and results, and the connections for them"
    case .waiting: "pauses that scenarios prescribe, and for what must not come"
    case .judging: "reading what was recorded, and making the checks"
    case .writing: "logs, transcripts and reports"
    }
  }
}

/// How much time a run spent on each activity. What runs at the same time is added up.
package final class Timings: Sendable {
  private let totals = NIOLockedValueBox<[Activity: Duration]>([:])

  /// That of the run to which the task belongs; nil if nobody wants to know.
  @TaskLocal package static var current: Timings?

  package init() {}

  package func add(_ time: Duration, to activity: Activity) {
    totals.withLockedValue { $0[activity, default: .zero] += time }
  }

  /// All that was measured, in the order of ``Activity``.
  package var all: [(activity: Activity, time: Duration)] {
    let totals = totals.withLockedValue(\.self)
    return Activity.allCases.compactMap { activity in totals[activity].map { (activity, $0) } }
  }

  /// Part of a run, from its creation to ``end()``.
  package struct Span: Sendable {
    private let timings: Timings?
    private let activity: Activity
    private let started = ContinuousClock.now

    package init(_ activity: Activity) {
      timings = Timings.current
      self.activity = activity
    }

    package func end() { timings?.add(started.duration(to: .now), to: activity) }
  }
}
