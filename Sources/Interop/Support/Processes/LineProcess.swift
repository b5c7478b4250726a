internal import Subprocess

/// A child process that is talked to in lines: one of UTF-8 text on its standard input, one on its standard output.
///
/// The child leads a process group (or session) of its own, so a Ctrl-C at the terminal is not for it. It sees the end
/// of its input when this process ends, however that happens: no other child holds the pipe. It is reaped when it ends,
/// and what is left of its group is killed. Who does not need it any longer must say so: ``terminate(grace:)``.
package actor LineProcess {
  /// What the process is called in messages.
  package nonisolated let name: String
  /// The process id, which is also the id of the process group; meaningless once the process has ended.
  package nonisolated let pid: Int32
  /// How the process ended; nil while it runs.
  package private(set) var ending: Ending?

  private let input: StandardInputWriter
  private let errors: ErrorLog?
  private let stop: AsyncStream<Duration>.Continuation
  private var output: LineBuffer
  private var outputEnded = false
  private var isSending = false
  private var isStopping = false
  /// Why no more can be sent; nil as long as it can.
  private var inputFailure: LineProcessError?
  /// Any of the above changed.
  private var changes = ChangeSignal()

  init(
    name: String, pid: Int32, longestLine: Int, input: StandardInputWriter, errors: ErrorLog?,
    stop: AsyncStream<Duration>.Continuation
  ) {
    self.errors = errors
    self.name = name
    self.pid = pid
    self.input = input
    self.stop = stop
    output = LineBuffer(longestLine: longestLine)
  }

  // MARK: Talking

  /// Sends one line.
  ///
  /// - Parameters:
  ///   - line: The text without its line feed.
  ///   - limit: How long the child may take to read it. A line that it read in part spoils its input: every later send
  ///     fails.
  /// - Throws: ``LineProcessError`` with the code `ended`, `inputClosed`, `timedOut` or `notALine`;
  ///   `CancellationError`.
  package func send(_ line: String, within limit: Duration = .seconds(30)) async throws {
    guard !line.utf8.contains(UInt8(ascii: "\n")) else {
      throw LineProcessError(.notALine, "\(name): a line cannot contain a line feed")
    }
    let bytes = Array("\(line)\n".utf8)
    let deadline = ContinuousClock.now + limit
    let late = LineProcessError(.timedOut, "\(name) did not read a line of \(bytes.count) bytes within \(limit)")

    while isSending {
      guard try await change(until: deadline) else { throw late }
    }
    if let inputFailure { throw inputFailure }
    if outputEnded || isStopping { throw try await endingError() }

    isSending = true
    defer {
      isSending = false
      changes.send()
    }
    // Until proven otherwise, and then for ever: half a line must not be followed by another one.
    inputFailure = late
    let written: Int?
    do {
      written = try await within(deadline) { [input] in try await input.write(bytes) }
    } catch {
      written = 0
    }
    try Task.checkCancellation()
    guard let written else { throw late }
    guard written == bytes.count else {
      // The pipe breaks before the process is reaped, and its exit code is what the caller wants to know.
      let failure = try await endingError(
        within: .seconds(1), orElse: .inputClosed, "does not read its input any longer")
      inputFailure = failure
      throw failure
    }
    inputFailure = nil
  }

  /// Takes the next line, in the order in which they came. Lines from before the end of the process are not lost.
  ///
  /// - Parameter limit: How long to wait; nil for ever.
  /// - Returns: The line without its line feed.
  /// - Throws: ``LineProcessError`` with the code `ended`, `timedOut`, `lineTooLong` or `notUTF8`; `CancellationError`.
  package func receive(within limit: Duration?) async throws -> String {
    let deadline = limit.map { ContinuousClock.now + $0 }
    while true {
      if let line = try nextLine() { return line }
      if outputEnded { throw try await endingError() }
      guard try await change(until: deadline) else {
        throw LineProcessError(.timedOut, "\(name) sent no line within \(limit ?? .zero)")
      }
    }
  }

  /// Sees to it that what the process has written to standard error until now is in its file.
  package nonisolated func settleErrors() { errors?.settle() }

  /// Ends the process and waits until it is gone: closes its input, then sends SIGTERM, then SIGKILL to its group.
  ///
  /// It may be called again, and by several tasks. It goes on when the calling task is cancelled.
  ///
  /// - Parameter grace: How long to wait after closing the input, and again after SIGTERM.
  /// - Returns: How the process ended.
  @discardableResult
  package func terminate(grace: Duration = .seconds(2)) async -> Ending {
    beginStopping()
    stop.yield(grace)
    // In a task of its own, since a cancelled one cannot wait.
    return await Task { await self.waitForEnding() }.value
  }

  private func waitForEnding() async -> Ending {
    while true {
      if let ending { return ending }
      for await _ in changes.next() {}
    }
  }

  private func nextLine() throws -> String? {
    // Even a bad line makes room for the reader.
    defer { changes.send() }
    do {
      return try output.nextLine()
    } catch {
      throw LineProcessError(error.code, "\(name) sent \(error.message)")
    }
  }

  /// Waits until anything changed; false if nothing did in time.
  private func change(until deadline: ContinuousClock.Instant?) async throws -> Bool {
    let next = changes.next()
    let changed: Void? = try await within(deadline) { for await _ in next {} }
    try Task.checkCancellation()
    return changed != nil
  }

  /// The error for a process whose pipes are closed, as soon as it is reaped or `limit` has passed.
  private func endingError(
    within limit: Duration = .seconds(60), orElse code: LineProcessError.Code = .ended,
    _ complaint: String = "closed its output"
  ) async throws -> LineProcessError {
    let deadline = ContinuousClock.now + limit
    while ending == nil {
      guard try await change(until: deadline) else { return LineProcessError(code, "\(name) \(complaint)") }
    }
    let how = ending.map(\.description) ?? complaint
    let partial = output.count > 0 ? " in the middle of a line" : ""
    return LineProcessError(.ended, "\(name) \(how)\(partial)", ending: ending)
  }

  // MARK: Told by the driver

  /// Takes bytes from the child, and returns when there is room for more.
  func received(_ chunk: SubprocessOutputSequence.Buffer) async {
    // What a child says while it is being ended is read, lest it hang in a write, and dropped.
    guard !isStopping else { return }
    chunk.withUnsafeBytes { output.append($0) }
    changes.send()
    while output.isFull, !isStopping, !Task.isCancelled {
      for await _ in changes.next() {}
    }
  }

  func receivedEnd() {
    outputEnded = true
    changes.send()
  }

  func beginStopping() {
    isStopping = true
    changes.send()
  }

  /// Closes the child's input as soon as no line is on its way: before, the descriptor is in use.
  func closeInput() async {
    while isSending {
      for await _ in changes.next() {}
    }
    try? await input.finish()
  }

  func ended(_ ending: Ending) {
    self.ending = ending
    changes.send()
  }
}
