internal import NIOConcurrencyHelpers

/// Closes once, however often it is asked to.
final class Closing: Sendable {
  private let task = NIOLockedValueBox<Task<Void, Never>?>(nil)

  /// Closes, or waits until whoever was first has closed, but no longer than `timeout`.
  ///
  /// Not cancelled with the task that calls: what is half closed is of no use to anybody.
  func run(within timeout: Duration, _ close: @escaping @Sendable () async -> Void) async {
    let (task, isFirst) = self.task.withLockedValue { task in
      if let task { return (task, false) }
      let first = Task { await close() }
      task = first
      return (first, true)
    }
    if isFirst { await task.value } else { await waitFor(task, noLongerThan: timeout) }
  }
}
