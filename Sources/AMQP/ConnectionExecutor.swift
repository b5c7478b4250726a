internal import NIOConcurrencyHelpers

/// Runs tasks on a connection's own thread; while there is no connection, on the pool that others run on.
///
/// What a message brings about is then done where it arrives, with no other thread to be woken for it.
package final class ConnectionExecutor: TaskExecutor {
  private let thread = NIOLockedValueBox<OwnerThread?>(nil)

  package init() {}

  /// Tasks run on this connection's thread from now on.
  package func use(_ connection: AMQPConnection) {
    let (used, thread) = (thread, connection.thread)
    used.withLockedValue { $0 = thread }
    // A connection that is lost takes its thread with it. A weak reference would cost each of the thread's users more.
    let id = ObjectIdentifier(thread)
    thread.atEnd {
      used.withLockedValue { if $0.map(ObjectIdentifier.init) == id { $0 = nil } }
    }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let thread = thread.withLockedValue { $0 }
    if thread?.enqueue(job, for: self) != true { globalConcurrentExecutor.enqueue(job) }
  }
}
