/// Wakes the tasks that wait for an actor's state to change: a condition variable for actors.
///
/// Take ``next()`` in the same turn that found the state wanting, so that no change slips in between.
package struct ChangeSignal {
  private var waiting: [AsyncStream<Never>.Continuation] = []

  package init() {}

  /// A stream without elements that ends at the next change, or when the waiting task is cancelled.
  package mutating func next() -> AsyncStream<Never> {
    let (stream, continuation) = AsyncStream<Never>.makeStream()
    waiting.append(continuation)
    return stream
  }

  package mutating func send() {
    let ended = waiting
    waiting = []
    for continuation in ended { continuation.finish() }
  }
}
