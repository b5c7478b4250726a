import Foundation

import Subprocess
import Testing

/// Clones of this checkout as users make them.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: FileManager.default.fileExists(atPath: "\(checkoutFolder)/.git"), "needs a clone of git"))
struct CloneTests {
  private func run(_ program: String, _ arguments: String...) async throws -> String {
    let result = try await Subprocess.run(
      .name("env"), arguments: Arguments([program] + arguments), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 16))
    #expect(result.terminationStatus.isSuccess, "\(program) \(arguments): \(result.standardError)")
    return result.standardOutput
  }

  @Test func lineEndingsAreThoseOfTheRepositoryWhateverGitIsConfiguredTo() async throws {
    try await withTemporaryFolder { folder in
      // What is configured there: `core.autocrlf` is applied to a file as it is written.
      let clone = "\(folder)/clone"
      _ = try await run("git", "clone", "-q", "-c", "core.autocrlf=true", "--no-local", checkoutFolder, clone)
      let files = try await run("git", "-C", clone, "ls-files", "--eol").split(separator: "\n")
      #expect(files.count > 100)
      let changed = files.filter { line in
        let words = line.split(separator: " ", maxSplits: 2)
        return words[0].dropFirst(2) != words[1].dropFirst(2)
      }
      #expect(changed == [], "in the repository (i/) and in the clone (w/)")
      #expect(files.filter { $0.hasPrefix("i/crlf") && !$0.contains("\tfixtures/") } == [])
      #expect(try await run("\(clone)/interop/setup", "--help").hasPrefix("usage: interop/setup"))
    }
  }

  @Test(arguments: ["brokers", "debian", "docs", "fuzz", "install", "run", "setup", "test"])
  func helpFitsATerminal(_ script: String) async throws {
    let lines = try await run("\(checkoutFolder)/interop/\(script)", "--help").split(separator: "\n")
    #expect(lines.first?.hasPrefix("usage: interop/\(script)") == true)
    #expect(lines.filter { $0.count > 80 } == [])
  }

  @Test func aPathMayHaveAnyCharacters() async throws {
    try await withTemporaryFolder { folder in
      let clone = "\(folder)/a b#c'ü$"
      _ = try await run("git", "clone", "-q", "--no-local", checkoutFolder, clone)
      for peer in ["node", "php", "python", "ruby"] {
        _ = try await run("\(clone)/interop/peers/\(peer)/setup", "\(folder)/cache", "--packages")
      }
      // Nothing is installed; each peer says so in the clone.
      _ = try await run("\(clone)/interop/setup", "--no-install")
      let reasons = try FileManager.default.contentsOfDirectory(atPath: "\(clone)/build/peers")
      #expect(Set(reasons).isSuperset(of: ["node.missing", "php.missing", "python.missing"]), "\(reasons)")
    }
  }
}
