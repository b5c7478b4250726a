import ArgumentParser
import InteropModel
import InteropReport
import InteropSupport

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show the report of a run, or make another format of it: offline, from report.json alone.",
    discussion: """
      The file is the report.json of syrpc interop; build/interop/report.json in the checkout by default. Nothing that a \
      peer sent can steer a terminal, or is markup or a command in any of them. Exit code 0 whatever the run came to: \
      syrpc interop has said so.

      Examples:
        syrpc report show
        syrpc report show --cell 'node-*/echo/*' build/interop/report.json
        syrpc report compare before.json after.json
        syrpc report merge shard-*/report.json --output report.json
        syrpc report html --output report.html
        syrpc report junit --output junit.xml
        syrpc report markdown                # also into $GITHUB_STEP_SUMMARY, where that is set
      """,
    subcommands: [
      ShowReport.self, CompareReports.self, MergeReports.self, HTMLCommand.self, JUnitCommand.self,
      MarkdownCommand.self, TAPCommand.self, GitHubCommand.self,
      GitLabCommand.self,
    ], defaultSubcommand: ShowReport.self)
}

/// The report that is read.
struct ReportOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The report.json of a run.", valueName: "file")) var file: String?
  @OptionGroup var checkout: CheckoutOption

  /// - Throws: `InteropError`.
  func path() throws -> String { try file ?? checkout.find().defaultOutput / "report.json" }

  /// - Throws: `InteropError`.
  func read() throws -> Report { try Report.read(try path()) }
}

/// Where a format of a report goes.
struct ReportOutput: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Write to this file, not to standard output.", valueName: "file"))
  var output: String?

  /// - Throws: `InteropError`.
  func write(_ text: [UInt8]) throws {
    guard let output else { return print(String(decoding: text, as: UTF8.self), terminator: "") }
    try Files.write(text, to: output)
  }

  /// - Throws: `InteropError`.
  func write(_ text: String) throws { try write(Array(text.utf8)) }
}
