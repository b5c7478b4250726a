internal import NIOConcurrencyHelpers

/// Runs tasks on a connection's own thread; while there is no connection, on the pool that others run on.
///
/// What a message brings about is then done where it arrives, with no other thread to be woken for it.
package final class ConnectionExecutor: TaskExecutor {
  private let thread = NIOLockedValueBox<OwnerThread?>(nil)

  package init() {}

  /// Tasks run on this connection's thread from now on.
  package func use(_ connection: AMQPConnection) { thread.withLockedValue { $0 = connection.thread } }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if let thread = thread.withLockedValue({ $0 }) {
      if thread.enqueue(job, for: self) { return }
      // It has ended with its connection.
      self.thread.withLockedValue { if $0 === thread { $0 = nil } }
    }
    globalConcurrentExecutor.enqueue(job)
  }
}
