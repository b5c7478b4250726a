/// Starts processes that must not outlive this one, even if it is killed.
///
/// The guard is a shell in a session of its own that starts them for us and waits for the end of its input. That end
/// comes when ``stop()`` is called and when this process ends in any way; then the guard kills their process groups and
/// removes the run's folder. If the guard is killed as well, the next run does its work: ``RunFolder/sweep(_:)``.
package struct ProcessGuard: Sendable {
  /// Something that the guard started has ended by itself.
  package struct Ended: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    /// The exit code, or 128 and the number of the signal, as shells count.
    package let status: Int32

    package var description: String {
      status > 128 ? "\(name) was killed by signal \(status - 128)" : "\(name) exited with \(status)"
    }
  }

  private let shell: LineProcess
  private let desk: GuardDesk
  private let folder: RunFolder

  /// Starts a guard, which has nothing to guard yet.
  ///
  /// - Parameters:
  ///   - folder: What to remove at the end.
  ///   - environment: What to change in the environment of this process for everything that is started; nil removes.
  /// - Returns: The guard.
  /// - Throws: ``LineProcessError``.
  package static func start(for folder: RunFolder, environment: [String: String?] = [:]) async throws -> ProcessGuard {
    var command = LineProcess.Command(
      name: "guard", executable: "bash", arguments: ["-c", script, "guard", folder.path])
    command.environment = environment
    command.standardErrorFile = "\(folder.path)/guard.log"
    command.ownSession = true
    let shell = try await LineProcess.start(command, notedIn: folder)
    return ProcessGuard(shell: shell, desk: GuardDesk(shell), folder: folder)
  }

  /// Starts a process that leads its own process group.
  ///
  /// - Parameters:
  ///   - name: One word.
  ///   - command: A shell command.
  ///   - log: The file to which its output and errors are appended.
  /// - Throws: ``LineProcessError`` if the guard has ended.
  package func run(_ name: String, _ command: String, log: String) async throws {
    try await shell.send("\(name) { \(command); } >>\(shellQuoted(log)) 2>&1")
    let words = try await desk.line(within: .seconds(30)) { $0.first == "started" && $0.dropFirst().first == name[...] }
    guard words.count == 3, let pid = Int32(words[2]) else { throw Self.unknown(words) }
    try folder.note(pid: pid, name: name)
  }

  /// Waits until a process that the guard started ends by itself; that is told once.
  ///
  /// - Parameter isMeant: which, by its name; several tasks may wait for different ones.
  /// - Returns: how it ended.
  /// - Throws: ``LineProcessError`` if the guard itself has ended; `CancellationError`.
  package func nextEnd(where isMeant: @escaping @Sendable (String) -> Bool = { _ in true }) async throws -> Ended {
    let words = try await desk.line(within: nil) { words in
      words.first == "ended" && words.count > 1 && isMeant(String(words[1]))
    }
    guard words.count == 3, let status = Int32(words[2]) else { throw Self.unknown(words) }
    return Ended(name: String(words[1]), status: status)
  }

  /// Ends everything, and waits until it is gone; the folder, too.
  package func stop() async {
    await shell.terminate(grace: .seconds(10))
  }

  private static func unknown(_ words: [Substring]) -> LineProcessError {
    LineProcessError(.notALine, "guard sent \(words.joined(separator: " "))")
  }
}
