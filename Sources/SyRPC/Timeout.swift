/// Runs `operation` for at most `timeout`, then cancels it.
///
/// If it succeeds although its time has just run out, its value counts: a message that has been taken from its queue is
/// never dropped.
///
/// - Throws: what `operation` throws; `expired()` when the time has run out; `CancellationError`.
func withTimeout<Value: Sendable>(
  _ timeout: Duration?, _ expired: () -> SyRPCError, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  guard let timeout else { return try await operation() }
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await operation() }
    group.addTask {
      try? await Task.sleep(for: timeout)
      return nil
    }
    while let finished = await group.nextResult() {
      switch finished {
      case .success(let value?):
        group.cancelAll()
        return value
      case .success(nil):
        group.cancelAll()
      case .failure(let error):
        group.cancelAll()
        throw error is CancellationError && !Task.isCancelled ? expired() : error
      }
    }
    throw expired()
  }
}
