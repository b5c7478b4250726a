internal import NIOConcurrencyHelpers

/// Operations that are to be finished before the end, and after which no others begin.
final class CallsInHand: Sendable {
  private struct State {
    var count = 0
    var isOver = false
    var whenDone: AsyncStream<Void>.Continuation?
  }

  private let state = NIOLockedValueBox(State())

  /// Runs an operation.
  ///
  /// - Throws: `SyRPCError` with `closed` if the end has begun; what `operation` throws.
  func run<Value>(
    isolation: isolated (any Actor)? = #isolation, _ operation: () async throws -> Value
  ) async throws -> Value {
    try begin()
    defer { end() }
    return try await operation()
  }

  /// An operation begins, which ends with ``end()``.
  ///
  /// - Throws: `SyRPCError` with `closed` if the end has begun.
  func begin() throws {
    try state.withLockedValue { state in
      if state.isOver { throw SyRPCError.hasBeenClosed }
      state.count += 1
    }
  }

  func end() {
    state.withLockedValue { state in
      state.count -= 1
      if state.count == 0 { state.whenDone?.finish() }
    }
  }

  /// Lets no more begin, and waits for those that have; to be called once.
  func finish(within timeout: Duration) async {
    let (stream, sink) = AsyncStream<Void>.makeStream()
    state.withLockedValue { state in
      state.isOver = true
      if state.count == 0 { sink.finish() } else { state.whenDone = sink }
    }
    await waitFor(Task { for await _ in stream {} }, noLongerThan: timeout)
    sink.finish()
  }
}
