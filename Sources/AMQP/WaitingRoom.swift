/// Tasks that wait for one thing. Each leaves when it comes, or when the task is cancelled.
package struct WaitingRoom: Sendable {
  private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
  private var last = 0

  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  /// A ticket for ``enter(_:_:)`` and ``leave(_:throwing:)``.
  package mutating func ticket() -> Int {
    last += 1
    return last
  }

  /// Someone waits from now on.
  package mutating func enter(_ ticket: Int, _ continuation: CheckedContinuation<Void, any Error>) {
    waiting[ticket] = continuation
  }

  /// One waits no longer; nothing happens if that is so already.
  package mutating func leave(_ ticket: Int, throwing error: any Error) {
    waiting.removeValue(forKey: ticket)?.resume(throwing: error)
  }

  /// All leave: what they waited for is there, or will never be.
  package mutating func leave(throwing error: (any Error)? = nil) {
    let everybody = waiting
    waiting.removeAll()
    for (_, continuation) in everybody.sorted(by: { $0.key < $1.key }) {
      if let error { continuation.resume(throwing: error) } else { continuation.resume() }
    }
  }
}
