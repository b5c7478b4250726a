internal import NIOConcurrencyHelpers

/// Tells something that goes on to stop, once, whenever that comes.
final class StopSignal: Sendable {
  private struct State {
    var isStopped = false
    var action: (@Sendable () -> Void)?
  }

  private let state = NIOLockedValueBox(State())

  var isStopped: Bool { state.withLockedValue { $0.isStopped } }

  func stop() {
    let action = state.withLockedValue { state in
      state.isStopped = true
      defer { state.action = nil }
      return state.action
    }
    action?()
  }

  /// How to stop from now on, in place of what was said before. Done at once if it is too late.
  func onStop(_ action: @escaping @Sendable () -> Void) {
    let isStopped = state.withLockedValue { state in
      if !state.isStopped { state.action = action }
      return state.isStopped
    }
    if isStopped { action() }
  }
}
