internal import Subprocess

#if canImport(System)
  internal import System
#else
  internal import SystemPackage
#endif

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension LineProcess {
  private typealias Child = Execution<CustomWriteInput, SequenceOutput, FileDescriptorOutput>

  /// Writing to a child that is gone must be an error, not the end of this process; swift-subprocess leaves that to us.
  /// Children start with the default again.
  private static let brokenPipesAreErrors: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  /// Starts a process.
  ///
  /// - Parameters:
  ///   - command: What to run.
  ///   - folder: Where the process is noted, so that a later run can end it if this one cannot.
  /// - Returns: The running process.
  /// - Throws: ``LineProcessError`` with the code `notStarted`; a system error if it cannot be noted.
  package static func start(_ command: Command, notedIn folder: RunFolder? = nil) async throws -> LineProcess {
    _ = brokenPipesAreErrors
    // swift-subprocess lends a child to a closure; the task that runs it lives as long as the child.
    let process = try await withCheckedThrowingContinuation { started in
      _ = Task { await run(command, started: started) }
    }
    do {
      try folder?.note(pid: process.pid, name: process.name)
    } catch {
      await process.terminate()
      throw error
    }
    return process
  }

  private static func run(_ command: Command, started: CheckedContinuation<LineProcess, any Error>) async {
    var process: LineProcess?
    var errors: ErrorLog?
    // Whoever holds the child's standard error still is not waited for.
    defer { errors?.close() }
    do {
      let standardError: FileDescriptorOutput
      (standardError, errors) = try command.standardError()
      let result = try await Subprocess.run(
        command.configuration, input: .inputWriter, output: .sequence, error: standardError
      ) { [errors] (child: Child) in
        let (stops, stop) = AsyncStream<Duration>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let running = LineProcess(
          name: command.name, pid: child.processIdentifier.value, longestLine: command.longestLine,
          input: child.standardInputWriter, errors: errors, stop: stop)
        process = running
        started.resume(returning: running)
        await running.drive(child, stops: stops)
      }
      errors?.close()
      await process?.ended(Ending(result.terminationStatus))
    } catch {
      if let process {
        await process.ended(.unknown("\(error)"))
      } else {
        started.resume(throwing: LineProcessError(.notStarted, "\(command.name) could not be started: \(error)"))
      }
    }
  }

  /// Reads the child's output until it ends or is to be stopped, then sees to its end. The child is not reaped before
  /// this returns, so its id and its group's cannot be anybody else's.
  private nonisolated func drive(_ child: Child, stops: AsyncStream<Duration>) async {
    await withTaskGroup(of: Duration?.self) { tasks in
      tasks.addTask {
        do {
          for try await chunk in child.standardOutput { await self.received(chunk) }
        } catch {
          // An output that cannot be read is over.
        }
        await self.receivedEnd()
        return nil
      }
      tasks.addTask {
        for await grace in stops { return grace }
        return nil
      }
      let grace = await tasks.next() ?? nil
      await self.beginStopping()
      await self.end(child, grace: grace ?? .seconds(2))
      tasks.cancelAll()
    }
  }

  private nonisolated func end(_ child: Child, grace: Duration) async {
    async let inputClosed: Void = closeInput()
    await child.teardown(using: [
      // A stopped child would not see the end of its input.
      .send(signal: .resume, toProcessGroup: true, allowedDurationToNextStep: grace),
      .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace),
    ])
    // The child may have left children behind.
    try? child.send(signal: .kill, toProcessGroup: true)
    await inputClosed
  }
}

extension LineProcess.Ending {
  fileprivate init(_ status: TerminationStatus) {
    switch status {
    case .exited(let code): self = .exited(code)
    case .signaled(let signal): self = .killed(signal: signal)
    }
  }
}

extension LineProcess.Command {
  fileprivate var configuration: Configuration {
    var options = PlatformOptions()
    // A session's leader leads a group already.
    if ownSession { options.createSession = true } else { options.processGroupID = 0 }
    var overrides: [Environment.Key: String?] = [:]
    for (key, value) in environment {
      if let key = Environment.Key(rawValue: key) { overrides[key] = .some(value) }
    }
    return Configuration(
      executable: executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
      arguments: Arguments(arguments),
      environment: .inherit.updating(overrides),
      workingDirectory: workingDirectory.map { FilePath($0) },
      platformOptions: options)
  }

  /// Where standard error goes; and what sees to it, if it is limited.
  fileprivate func standardError() throws -> (FileDescriptorOutput, ErrorLog?) {
    if let standardErrorFile, let standardErrorLimit {
      let (log, childSide) = try ErrorLog.open(standardErrorFile, limit: standardErrorLimit)
      return (.fileDescriptor(childSide, closeAfterSpawningProcess: true), log)
    }
    let file = try FileDescriptor.open(
      FilePath(standardErrorFile ?? "/dev/null"), .writeOnly, options: [.append, .create, .closeOnExec],
      permissions: [.ownerReadWrite])
    return (.fileDescriptor(file, closeAfterSpawningProcess: true), nil)
  }
}
