import ArgumentParser
import InteropFixtures
import InteropSupport
import SyRPCWire

struct FixturesDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Explain what is different between two sets of fixtures, in words and byte by byte.",
    discussion: """
      Two checkouts, folders of fixtures, or files of the same kind. The same change is one sentence, however many \
      messages have it. Times, result ids and what the broker chose are no difference. Exit code 0 if nothing differs, 1 if \
      something does, 2 if a file cannot be read.

      Examples:
        git archive HEAD fixtures | tar -x -C /tmp/before; syrpc fixtures diff /tmp/before .
        syrpc fixtures diff fixtures/messages/node.jsonl recorded/fixtures/messages/node.jsonl
      """)

  @Argument(help: "The earlier one.") var old: String
  @Argument(help: "The later one.") var new: String
  @Flag(name: .long, help: "Show the bytes of all places, and not of the first ones.") var all = false
  @Flag(name: .long, help: "Print JSON.") var json = false

  func run() throws {
    let comparison = try FixtureComparison(old, new)
    if json {
      print(String(decoding: try comparison.json.indented(), as: UTF8.self), terminator: "")
    } else {
      for line in comparison.lines(isFull: all) { print(line) }
    }
    guard comparison.isSame else { throw ExitCode.notAsExpected }
  }
}
