import ArgumentParser
import Foundation
import InteropModel
import InteropProposals
import InteropReport
import InteropSupport
import Rainbow
import SyRPCWire

struct CanDeployCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can-deploy",
    abstract: "Say from stored reports whether one version of a peer can run beside others.",
    usage: "syrpc can-deploy <peer@version> --with <peer@version,...> [<reports> ...]",
    discussion: """
      A version is what a run called it (node@next), the beginning of a checkout's commit (php@4125f50), or the version that \
      the implementation or its runtime states (python@1.0). Requests and results between it and each of the others have to \
      be in the reports, and to have worked. What was never run is unknown, and never yes.

      Exit code 1 if it cannot be deployed, or that is unknown.

      Examples:
        syrpc can-deploy node@next --with php@4125f50,swift@0.1.0,python@1.0
        syrpc can-deploy swift@0.1.0 --with python@1.0 reports/*/report.json
      """)

  @Argument(help: ArgumentHelp("What is to be deployed.", valueName: "peer@version"))
  var subject: String

  @Option(
    name: .customLong("with"), help: ArgumentHelp("What runs, separated by commas.", valueName: "peer@version,..."))
  var others: String

  @Argument(help: "Files report.json; by default that of the last run, build/interop/report.json.")
  var reports: [String] = []

  @OptionGroup var checkout: CheckoutOption

  func run() throws {
    let files = try reports.isEmpty ? [checkout.find().defaultOutput / "report.json"] : reports
    let names = others.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    guard !names.isEmpty else { throw ValidationError("--with names nobody") }
    let answer = try CanDeploy(subject, with: names, reports: try files.map { ($0, try Report.read($0)) })
    for line in answer.lines.dropLast() { print(line.visible) }
    let last = (answer.lines.last ?? "").visible
    print(answer.isYes ? last.green : last.red)
    if !answer.isYes { throw ExitCode.notAsExpected }
  }
}
