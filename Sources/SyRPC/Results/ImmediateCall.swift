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
    /// The result, also if it came after the outcome: it is gone from its queue then.
    var result: JSON?
    /// When the request was known to be put.
    var putAt: ContinuousClock.Instant?
    var isLost = false
    /// Nothing changes any more.
    var isOver = false
  }

  private let state = NIOLockedValueBox(State())
  private let first = FirstOutcome<Outcome>()
  private let timeout: Duration?
  private let whenPut: @Sendable () -> Void

  /// - Parameters:
  ///   - publishTimeout: how long the request may take.
  ///   - timeout: how long its result may take after that.
  ///   - whenPut: told once when the request is put, unless ``finish()`` comes before.
  init(publishTimeout: Duration, timeout: Duration?, whenPut: @escaping @Sendable () -> Void) {
    self.timeout = timeout
    self.whenPut = whenPut
    first.limit(to: publishTimeout, .timedOut)
  }

  /// Waits for the outcome; for one task.
  func outcome() async -> Outcome { await first.value(ifCancelled: .cancelled) }

  /// Nothing that happens from now on counts.
  ///
  /// - Returns: the result, whatever the outcome was; when the request was put, if it was.
  func finish() -> (result: JSON?, putAt: ContinuousClock.Instant?) {
    state.withLockedValue { state in
      state.isOver = true
      return (state.result, state.putAt)
    }
  }

  // MARK: - What happens

  /// The broker has confirmed the request, or will not.
  func confirmed(_ result: Result<Void, any Error>) {
    switch result {
    case .success:
      guard let isLost = put() else { return }
      if isLost { first.decide(.lost) } else { first.limit(to: timeout, .timedOut) }
    case .failure(let error): first.decide(.notPut(error))
    }
  }

  /// The result has come, or will not on this connection.
  func received(_ result: Result<JSON, any Error>) {
    if case .failure(let error as AMQPError) = result, error.isTransient {
      let isPut = state.withLockedValue { state in
        state.isLost = true
        return state.putAt != nil
      }
      if isPut { first.decide(.lost) }
      return
    }
    if case .success(let data) = result {
      state.withLockedValue { $0.result = data }
      _ = put()
    }
    first.decide(.result(result))
  }

  /// The request is put.
  ///
  /// - Returns: whether the connection for its result is lost; nil if it was put before, or it does not matter.
  private func put() -> Bool? {
    let isLost = state.withLockedValue { state -> Bool? in
      guard state.putAt == nil, !state.isOver else { return nil }
      state.putAt = .now
      return state.isLost
    }
    if isLost != nil { whenPut() }
    return isLost
  }
}
