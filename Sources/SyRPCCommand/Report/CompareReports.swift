import ArgumentParser
import InteropReport

struct CompareReports: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What is different in a run from an earlier one: cells, notes, bytes of messages, versions.",
    discussion: """
      Of two report.json. Times, ids and the names of applications are each run's own, and no difference. Exit code 0 \
      whatever differs; with --fail-on regression 1 if something fails that did not, or is not tried any more. The cells of \
      the earlier run that a selection leaves out are not missed.

      Examples:
        syrpc report compare before.json build/interop/report.json
        syrpc report compare --fail-on regression before.json after.json
      """)

  @Argument(help: ArgumentHelp("The report.json of the earlier run.", valueName: "old")) var old: String
  @Argument(help: ArgumentHelp("That of the later one.", valueName: "new")) var new: String
  @OptionGroup var failOn: FailOnOption
  @Flag(name: .long, help: "Show all of it, each line as long as it is, and not what a screen holds.")
  var all = false

  func run() throws {
    let baseline = Baseline(try Report.read(old), failOn: failOn.failOn)
    if baseline.compare(with: try Report.read(new), isFull: all) == false { throw ExitCode.notAsExpected }
  }
}
