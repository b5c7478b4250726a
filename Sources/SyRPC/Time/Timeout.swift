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
  let task = Task { try await operation() }
  let deadline = Deadlines.shared.after(timeout) { task.cancel() }
  defer { Deadlines.shared.callOff(deadline) }
  return try await withTaskCancellationHandler {
    do { return try await task.value } catch let error as CancellationError {
      // Only the two cancel it.
      throw Task.isCancelled ? error : expired()
    }
  } onCancel: {
    task.cancel()
  }
}

/// Waits for a task, but no longer than a time, and does not cancel it. Waits as well if its caller has been cancelled.
func waitFor(_ task: Task<Void, Never>, noLongerThan timeout: Duration) async {
  let (stream, sink) = AsyncStream<Void>.makeStream()
  let deadline = Deadlines.shared.after(timeout) { sink.finish() }
  Task {
    await task.value
    sink.finish()
  }
  // In a task of its own, since a cancelled one cannot wait.
  await Task { for await _ in stream {} }.value
  Deadlines.shared.callOff(deadline)
}
