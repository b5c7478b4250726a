import Foundation
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

/// Interpreters run with the settings that their manifests and adapters state, whatever the user has set.
@Suite(.timeLimit(.minutes(10))) struct HostileSettingsTests {
  private static func isThere(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Starts an interpreter as the harness does, in an environment with hostile variables besides. The arguments stand in
  /// place of the adapter, if there are any.
  private func start(
    _ peer: String, on program: String, _ hostile: [String: String], _ arguments: [String]? = nil
  ) async throws -> LineProcess {
    // What is left out of the environment is looked up there.
    let places = PeerManifest.Places(cache: "/", executable: "/", environment: hostile)
    let interpreter = NamedInterpreter(path: program, version: try #require(Version("1.0")))
    let manifest = try PeerManifest(
      folder: try checkout().peers / peer, places: places, on: (name: "\(peer)@1", interpreter: interpreter))
    let alternative = try #require(manifest.alternatives.first)
    let live = manifest.command(alternative)
    var command = LineProcess.Command(
      name: peer, executable: live.executable,
      arguments: Array(live.arguments.dropLast()) + (arguments ?? [live.arguments.last ?? ""]))
    command.environment = hostile.mapValues { $0 }.merging(live.environment) { _, stated in stated }
    command.workingDirectory = live.folder
    return try await LineProcess.start(command)
  }

  /// What it writes first is to be the answer to the first question.
  private func expectAnAnswer(_ peer: String, on program: String, _ hostile: [String: String]) async throws {
    let process = try await start(peer, on: program, hostile)
    let answer: String
    do {
      try await process.send(#"{"id": 1, "op": "no-such-operation"}"#)
      answer = try await process.receive(within: nil)
    } catch { answer = "\(error)" }
    _ = await process.terminate()
    let error = #expect(throws: PeerError.self) {
      _ = try PeerAnswer(line: answer, id: 1, operation: "no-such-operation")
    }
    #expect(error?.kind == .unsupported, "\(answer)")
  }

  @Test(.enabled(if: isThere("python3"), "there is no python3"))
  func variablesOfPythonAreRemoved() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("print('hostile')\n".utf8), to: folder / "json.py")
      try await expectAnAnswer(
        "python", on: "python3",
        [
          "PYTHONPATH": folder, "PYTHONHOME": folder, "PYTHONHASHSEED": "1", "PYTHONIOENCODING": "utf-16",
          "PYTHONWARNINGS": "error",
        ])
    }
  }

  @Test(.enabled(if: isThere("node"), "there is no node"))
  func variablesOfNodeAreRemoved() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("console.log('hostile');\n".utf8), to: folder / "hostile.js")
      try await expectAnAnswer(
        "node", on: "node", ["NODE_OPTIONS": "--require \(folder)/hostile.js --throw-deprecation", "DEBUG": "*"])
    }
  }

  private static let ini = """
    serialize_precision=17
    precision=5
    default_charset=ISO-8859-1
    memory_limit=16M
    display_errors=1
    display_startup_errors=1
    extension=nowhere
    error_reporting=-1
    html_errors=1
    zend.assertions=1
    disable_functions=fwrite,stream_socket_client
    auto_prepend_file=/nowhere.php
    """

  @Test(.enabled(if: isThere("php"), "there is no php"))
  func aPhpIniIsOverruled() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array(Self.ini.utf8), to: folder / "php.ini")
      try await expectAnAnswer("php", on: "php", ["PHPRC": folder])
      let process = try await start(
        "php", on: "php", ["PHPRC": folder],
        ["-r", "require 'settings.php'; Settings::state(); echo json_encode([0.1, Settings::inForce()]), PHP_EOL;"])
      let line: String
      do { line = try await process.receive(within: nil) } catch { line = "\(error)" }
      _ = await process.terminate()
      #expect(line.hasPrefix("[0.1,"), "\(line)")
      for setting in [#""memory_limit":"-1""#, #""default_charset":"UTF-8""#, #""disable_functions":"""#] {
        #expect(line.contains(setting), "\(line)")
      }
    }
  }
}
