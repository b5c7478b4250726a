import InteropSupport
import Testing

private let canRun = Program.path != nil

/// What a newcomer reads first.
@Suite(.timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc")) struct HelpTests {
  static let commands = [
    "", "call", "put", "get", "serve", "hash", "interop", "judge", "can-deploy", "fixtures", "fixtures verify",
    "fixtures record", "fixtures diff", "fixtures rebuild", "fixtures tested", "fixtures accept", "report",
    "bench plot",
    "report show", "report compare", "report merge", "report html", "report junit", "report tap", "report markdown",
    "report github", "report gitlab", "tap", "broker", "bench", "doctor", "setup", "peer",
  ]

  @Test(arguments: commands) func aScreenIsNoWiderThanATerminal(_ command: String) async throws {
    let result = try await script("\"$syrpc\" help \(command)", ["COLUMNS": "80"])
    #expect(result.ending == .exited(0))
    #expect(result.lines.filter { $0.count > 80 } == [])
    // What ArgumentParser makes of an option with a discussion.
    #expect(result.lines.filter { $0.hasPrefix("        ") && !$0.hasPrefix("                        ") } == [])
  }

  @Test(arguments: commands) func allCommandsAreHere(_ command: String) async throws {
    let result = try await script("\"$syrpc\" help \(command)", ["COLUMNS": "80"])
    let parts = result.text.split(separator: "SUBCOMMANDS:\n")
    let names = (parts.count > 1 ? parts[1] : "").split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }.map { $0.words.first ?? "" }
    let depth = command.words.count + 1
    let listed = Self.commands.filter { $0.words.count == depth && $0.hasPrefix(command) }.compactMap(\.words.last)
    #expect(Set(names) == Set(listed))
  }
}

extension Substring {
  fileprivate var words: [String] { String(self).words }
}
