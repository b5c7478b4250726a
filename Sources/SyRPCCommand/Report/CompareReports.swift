import ArgumentParser
import InteropReport

struct CompareReports: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What is different in a run from an earlier one: cells, notes, bytes of messages, versions.",
    usage: "syrpc report compare [<options>] <old> <new>",
    discussion: """
      Of two report.json. Times, ids and the names of applications are each run's own, and no difference. Exit code 0 \
      whatever differs; with --fail-on regression 1 if something fails that did not, or is not tried any more. The cells of \
      the earlier run that a selection leaves out are not missed.

      Examples:
        syrpc report compare before.json build/interop/report.json
        syrpc report compare --fail-on regression before.json after.json
        syrpc report compare --format markdown before.json after.json
      """)

  @Argument(help: ArgumentHelp("The report.json of the earlier run.", valueName: "old")) var old: String
  @Argument(help: ArgumentHelp("That of the later one.", valueName: "new")) var new: String
  @Option(
    name: .long,
    help: ArgumentHelp(
      "text; markdown, of less than 64 KiB, for a pull request; or json, for programs.", valueName: "format"))
  var format = Format.text
  @OptionGroup var output: ReportOutput
  @OptionGroup var failOn: FailOnOption
  @Flag(name: .long, help: "Show all of it as text, each line as long as it is, and not what a screen holds.")
  var all = false

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, markdown, json }

  func validate() throws {
    if all, format != .text { throw ValidationError("--all goes with --format text") }
  }

  func run() throws {
    let comparison = ReportComparison(try Report.read(old), try Report.read(new))
    switch format {
    case .text:
      try output.write(ComparisonText(comparison, isFull: all).lines.map { "\($0)\n" }.joined())
    case .markdown: try output.write(ComparisonMarkdown(comparison).text)
    case .json: try output.write(try ComparisonJSON(comparison).text())
    }
    if failOn.failOn?.isWell(comparison) == false { throw ExitCode.notAsExpected }
  }
}
