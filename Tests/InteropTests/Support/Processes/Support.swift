import Foundation
import InteropSupport
import Testing

/// Waits until a condition holds that no event announces; false if it never did.
func eventually(within limit: Duration = .seconds(150), _ condition: () throws -> Bool) async throws -> Bool {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < deadline else { return false }
    try await Task.sleep(for: .milliseconds(20))
  }
  return true
}

/// A temporary folder of this test alone.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("syrpc-test-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}

/// A state folder of this test alone, so that tests do not sweep each other's runs.
func withStateFolder<Value>(_ body: (StateFolder) async throws -> Value) async throws -> Value {
  try await withTemporaryFolder { try await body(StateFolder(path: $0)) }
}

func shell(_ script: String, name: String = "child") -> LineProcess.Command {
  LineProcess.Command(name: name, executable: "/bin/sh", arguments: ["-c", script])
}

/// Starts a process, and sees to it that it ends with the test.
func withProcess<Value>(
  _ command: LineProcess.Command, _ body: (LineProcess) async throws -> Value
) async throws -> Value {
  let process = try await LineProcess.start(command)
  do {
    let value = try await body(process)
    await process.terminate(grace: .seconds(1))
    return value
  } catch {
    await process.terminate(grace: .zero)
    throw error
  }
}

/// The error that an operation is expected to throw.
func lineProcessError(_ body: () async throws -> Void) async -> LineProcessError? {
  do {
    try await body()
    Issue.record("no error was thrown")
  } catch let error as LineProcessError {
    return error
  } catch {
    Issue.record(error)
  }
  return nil
}

/// Everything that runs with a text in its environment, found through /proc.
func processes(mentioning text: String) -> [Int32] {
  let needle = Data(text.utf8)
  return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter {
    pid in
    // The environment of a zombie is empty.
    (FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()).range(of: needle) != nil
  }
}

let hasProc = FileManager.default.fileExists(atPath: "/proc/self/environ")

/// Those that run.
func alive(_ processes: [ProcessIdentity]) -> [ProcessIdentity] { processes.filter(\.isAlive) }

/// What a runner that is about to be killed leaves for the test to read: the identities of what it started.
func write(_ identities: [ProcessIdentity], to path: String) throws {
  try identities.map(\.description).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
}

func readIdentities(_ path: String) throws -> [ProcessIdentity] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { ProcessIdentity($0) }
}
