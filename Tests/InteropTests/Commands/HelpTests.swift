import InteropSupport
import Testing

private let canRun = Program.path != nil

/// What a newcomer reads first.
@Suite(.timeLimit(.minutes(5)), .enabled(if: canRun, "needs syrpc")) struct HelpTests {
  static let commands = [
    "", "call", "put", "get", "serve", "hash", "interop", "judge", "report", "report show", "report html",
    "report junit", "report markdown", "report tap", "report github", "report gitlab", "fixtures", "fixtures verify",
    "fixtures record", "fixtures rebuild", "fixtures tested", "tap", "broker", "bench", "doctor", "setup", "peer",
  ]

  @Test(arguments: commands) func aScreenIsNoWiderThanATerminal(_ command: String) async throws {
    let result = try await script("\"$syrpc\" help \(command)", ["COLUMNS": "80"])
    #expect(result.ending == .exited(0))
    #expect(result.lines.filter { $0.count > 80 } == [])
    // What ArgumentParser makes of an option with a discussion.
    #expect(result.lines.filter { $0.hasPrefix("        ") && !$0.hasPrefix("                        ") } == [])
  }

  @Test func allCommandsAreHere() async throws {
    let result = try await script("\"$syrpc\" --help", ["COLUMNS": "80"])
    let names = try #require(result.text.split(separator: "SUBCOMMANDS:\n").last).split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }.map { $0.words.first ?? "" }
    #expect(Set(names) == Set(Self.commands.map { $0.words.first ?? "" }).subtracting([""]))
  }
}

extension Substring {
  fileprivate var words: [String] { String(self).words }
}
