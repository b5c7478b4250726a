/// Runs an operation until a moment, then cancels it.
///
/// - Parameters:
///   - deadline: When to give up; nil never does.
///   - operation: What to do. It must answer cancellation soon, since its end is waited for.
/// - Returns: The operation's value, or nil when the deadline came first.
/// - Throws: What the operation throws, and `CancellationError`.
package func within<Value: Sendable>(
  _ deadline: ContinuousClock.Instant?, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
  guard let deadline else { return try await operation() }
  return try await withThrowingTaskGroup(of: Value?.self) { tasks in
    defer { tasks.cancelAll() }
    tasks.addTask { try await operation() }
    tasks.addTask {
      try await Task.sleep(until: deadline, clock: .continuous)
      return nil
    }
    return try await tasks.next() ?? nil
  }
}

extension Duration {
  /// With one decimal, as in `5.0 s`.
  package var inSeconds: String {
    let tenths = Int((self / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10) s"
  }
}
