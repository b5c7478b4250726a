internal import NIOConcurrencyHelpers

/// The first of several things that may happen, for one task that waits for it; one of them is that a time is over.
final class FirstOutcome<Outcome: Sendable>: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Outcome, Never>?
    var outcome: Outcome?
    var deadline: Int?
  }

  private let state = NIOLockedValueBox(State())

  /// Waits for it.
  func value(ifCancelled cancelled: Outcome) async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLockedValue { state -> Outcome? in
          if state.outcome == nil { state.continuation = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      decide(cancelled)
    }
  }

  /// Something happened; it counts if it is the first.
  func decide(_ outcome: Outcome) {
    let (continuation, deadline) = state.withLockedValue {
      state -> (CheckedContinuation<Outcome, Never>?, Int?) in
      guard state.outcome == nil else { return (nil, nil) }
      state.outcome = outcome
      defer { (state.continuation, state.deadline) = (nil, nil) }
      return (state.continuation, state.deadline)
    }
    if let deadline { Deadlines.shared.callOff(deadline) }
    continuation?.resume(returning: outcome)
  }

  /// After a time, this happens; nothing is left of the time that was given before.
  func limit(to duration: Duration?, _ outcome: Outcome) {
    let deadline = duration.map { duration in
      Deadlines.shared.after(duration) { [weak self] in self?.decide(outcome) }
    }
    let over = state.withLockedValue { state -> Int? in
      guard state.outcome == nil else { return deadline }
      defer { state.deadline = deadline }
      return state.deadline
    }
    if let over { Deadlines.shared.callOff(over) }
  }
}
