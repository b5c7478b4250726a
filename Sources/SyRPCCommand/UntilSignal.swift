import ArgumentParser
import UnixSignals

/// Runs `body`; SIGINT and SIGTERM cancel it, so that everything it started is ended. Another signal changes nothing.
/// Standard output that cannot be written to, since its reader is gone, say, cancels it as well.
///
/// - Throws: what `body` throws; `ExitCode` 2 after a signal.
func untilSignal<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
  let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
  // Without it, a second signal would end this process before it has ended the others.
  defer { extendLifetime(signals) }
  return try await withThrowingTaskGroup(of: Value?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      for await signal in signals {
        printError("\(signal): ending what was started")
        break
      }
      return nil
    }
    group.addTask {
      await StandardStreams.waitForOutputFailure()
      return nil
    }
    let first: Value?
    do { first = try await group.next() ?? nil } catch {
      group.cancelAll()
      throw error
    }
    group.cancelAll()
    if let first { return first }
    do {
      while let late = try await group.next() {
        // The signal came when all was done.
        if let late { return late }
      }
    } catch {
      if !(error is CancellationError) { printError("\(error)") }
    }
    throw ExitCode.couldNotRun
  }
}
