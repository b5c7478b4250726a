import InteropSupport

/// What came of a script.
struct ScriptResult {
  /// What it wrote on both its outputs.
  let lines: [String]
  let ending: LineProcess.Ending?
  var text: String { lines.joined(separator: "\n") }
}

/// Runs a script of sh in which `$syrpc` is the program of this build.
func script(_ text: String, _ environment: [String: String?] = [:]) async throws -> ScriptResult {
  var command = shell("exec 2>&1\n\(text)\n", name: "script")
  command.environment = environment.merging(["syrpc": Program.path]) { $1 }
  return try await withProcess(command) { process in
    ScriptResult(lines: await process.rest(), ending: await process.ending)
  }
}
