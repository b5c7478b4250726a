import Foundation
import Synchronization

/// The three standard streams, as whoever started the program has left them.
enum StandardStreams {
  /// To be called first of all: makes sure that the first three descriptors are never a socket or a file of ours, and
  /// that writing to a pipe whose reader is gone is an error rather than the end.
  static func prepare() {
    _ = signal(SIGPIPE, SIG_IGN)
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      // It takes the lowest free number. Opened the wrong way round, so that using it fails as if it were still closed.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Why standard output could not be written to, the first time that it could not; 0 as long as it could.
  private static let outputErrno = Atomic<Int32>(0)
  /// Ends when standard output cannot be written to. For one task.
  private static let (failures, failing) = AsyncStream<Never>.makeStream()

  /// Writes what was printed.
  static func flushOutput() {
    while fflush(nil) != 0 {
      let error = errno
      if error == EINTR { continue }
      if error == EAGAIN {
        // Somebody with whom we share the terminal or the pipe, as Node does, made it non-blocking.
        waitUntilWritable(STDOUT_FILENO)
        continue
      }
      _ = outputErrno.compareExchange(expected: 0, desired: error, ordering: .relaxed)
      failing.finish()
      return
    }
  }

  /// What keeps standard output from being written to, in the system's words; nil if nothing does.
  static var outputFailure: String? {
    let error = outputErrno.load(ordering: .relaxed)
    return error == 0 ? nil : String(cString: strerror(error))
  }

  /// Returns when standard output cannot be written to, or the task is cancelled.
  static func waitForOutputFailure() async { for await _ in failures {} }

  /// Writes to standard error. If that cannot be done, there is nobody left to tell.
  static func writeError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        waitUntilWritable(STDERR_FILENO)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Sends what is printed from now on to standard error.
  ///
  /// - Returns: what was standard output, for what is meant for a program.
  /// - Throws: `POSIXError`.
  static func divertOutput() throws -> FileHandle {
    flushOutput()
    let output = dup(STDOUT_FILENO)
    guard output >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    return FileHandle(fileDescriptor: output, closeOnDealloc: true)
  }

  private static func waitUntilWritable(_ descriptor: Int32) {
    var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&polled, 1, 1000)
  }
}
