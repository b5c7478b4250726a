import Foundation

/// The stack that threads have on macOS, but for the first: 512 KiB.
private let smallStack = 512 * 1024

/// Runs something on a thread with a small stack, and waits for it. What overflows that ends the process.
func onSmallThread(_ body: @escaping @Sendable () throws -> Void) throws {
  let outcome = Outcome()
  let done = DispatchSemaphore(value: 0)
  let thread = Thread {
    // What has been read is freed on this thread as well.
    outcome.result = Result(catching: body)
    done.signal()
  }
  thread.stackSize = smallStack
  thread.start()
  done.wait()
  try outcome.result?.get()
}

/// Written before the semaphore is signalled, and read after.
private final class Outcome: @unchecked Sendable {
  var result: Result<Void, any Error>?
}
