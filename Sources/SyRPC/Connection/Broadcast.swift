internal import NIOConcurrencyHelpers

/// One sender, any number of listeners.
final class Broadcast<Element: Sendable>: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<Element>.Continuation] = [:]
    var last = 0
    var isFinished = false
  }

  /// A listener that does not listen loses the oldest, and never holds up the sender.
  private static var buffered: Int { 64 }
  private let state = NIOLockedValueBox(State())

  /// What is sent from now on.
  func subscribe() -> AsyncStream<Element> {
    let (stream, continuation) = AsyncStream<Element>.makeStream(bufferingPolicy: .bufferingNewest(Self.buffered))
    let number = state.withLockedValue { state -> Int? in
      guard !state.isFinished else { return nil }
      state.last += 1
      state.listeners[state.last] = continuation
      return state.last
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLockedValue { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }

  func send(_ element: Element) {
    for listener in state.withLockedValue({ Array($0.listeners.values) }) { listener.yield(element) }
  }

  func finish() {
    let listeners = state.withLockedValue { state in
      state.isFinished = true
      defer { state.listeners.removeAll() }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
