internal import AMQP
internal import NIOConcurrencyHelpers
internal import SyRPCWire

/// A call whose result is waited for while its request is put: its result, or what else becomes of it, whichever comes first.
///
/// The result proves that the request was put, so the broker's confirm matters only before it.
final class ImmediateCall: Sendable {
  enum Outcome: Sendable {
    case result(Result<JSON, any Error>)
    /// The request could not be put, and perhaps was.
    case notPut(any Error)
    /// The request was put, but the connection is lost on which its result was waited for.
    case lost
    /// A time is over: that of the put, or that of the wait for the result.
    case timedOut
    case cancelled
  }

  private struct State {
    var outcome: Outcome?
    /// Who waits for the outcome.
    var continuation: CheckedContinuation<Outcome, Never>?
    /// The result, also if it came after the outcome: it is gone from its queue then.
    var result: JSON?
    /// When the request was known to be put.
    var putAt: Moment?
    var isLost = false
    /// Nothing changes any more.
    var isOver = false
    /// What calls ``expire()`` when a time may be over.
    var alarm: Int?
  }

  private let state = NIOLockedValueBox(State())
  private let start: Moment
  private let publishTimeout: Duration
  private let timeout: Duration?
  private let whenPut: @Sendable () -> Void

  /// - Parameters:
  ///   - start: when it began.
  ///   - publishTimeout: how long the request may take.
  ///   - timeout: how long its result may take after that.
  ///   - whenPut: told once when the request is put, unless ``finish()`` comes before.
  init(
    at start: Moment = .now, publishTimeout: Duration, timeout: Duration?, whenPut: @escaping @Sendable () -> Void
  ) {
    self.start = start
    self.publishTimeout = publishTimeout
    self.timeout = timeout
    self.whenPut = whenPut
    // One alarm for both times, for the shorter one: when it comes, it is known which time counts.
    state.withLockedValue { $0.alarm = wake(after: min(publishTimeout, timeout ?? publishTimeout)) }
  }

  /// Waits for the outcome; for one task.
  func outcome() async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLockedValue { state -> Outcome? in
          if state.outcome == nil { state.continuation = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      happen { _ in .cancelled }
    }
  }

  /// Nothing that happens from now on counts.
  ///
  /// - Returns: the result, whatever the outcome was; when the request was put, if it was.
  func finish() -> (result: JSON?, putAt: Moment?) {
    state.withLockedValue { state in
      state.isOver = true
      return (state.result, state.putAt)
    }
  }

  // MARK: - What happens

  /// The broker has confirmed the request, or will not.
  func confirmed(_ result: Result<Void, any Error>) {
    switch result {
    case .success: happen(isPut: true) { $0.isLost ? .lost : nil }
    case .failure(let error): happen { _ in .notPut(error) }
    }
  }

  /// The result has come, or will not on this connection.
  func received(_ result: Result<JSON, any Error>) {
    switch result {
    case .success(let data):
      happen(isPut: true) { state in
        state.result = data
        return .result(result)
      }
    case .failure(let error as AMQPError) where error.isTransient:
      happen { state in
        state.isLost = true
        return state.putAt == nil ? nil : .lost
      }
    case .failure: happen { _ in .result(result) }
    }
  }

  /// A time may be over.
  private func expire() {
    happen { state in
      let deadline = state.putAt.map { putAt in timeout.map { putAt + $0 } } ?? start + publishTimeout
      guard let deadline else { return nil }
      let left = deadline - .now
      if left <= .zero { return .timedOut }
      state.alarm = wake(after: left)
      return nil
    }
  }

  private func wake(after time: Duration) -> Int { Deadlines.shared.after(time) { self.expire() } }

  /// - Parameters:
  ///   - isPut: whether it shows that the request is put.
  ///   - change: what it changes, and what outcome it is, if there was none before.
  private func happen(isPut: Bool = false, _ change: (inout State) -> Outcome?) {
    var tellsPut = false
    let (outcome, continuation, alarm) = state.withLockedValue {
      state -> (Outcome?, CheckedContinuation<Outcome, Never>?, Int?) in
      if isPut, state.putAt == nil, !state.isOver {
        state.putAt = .now
        tellsPut = true
      }
      let outcome = change(&state)
      guard state.outcome == nil, let outcome else { return (nil, nil, nil) }
      state.outcome = outcome
      defer { (state.continuation, state.alarm) = (nil, nil) }
      return (outcome, state.continuation, state.alarm)
    }
    if tellsPut { whenPut() }
    if let alarm { Deadlines.shared.callOff(alarm) }
    if let outcome { continuation?.resume(returning: outcome) }
  }
}
