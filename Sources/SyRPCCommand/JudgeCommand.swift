import ArgumentParser
import InteropJudge
import InteropModel
import InteropReport
import InteropRunner
import InteropSupport

/// Judges what a run has kept: no broker, no peers.
struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract: "Judge again what was recorded of cells, with this program's checks and this checkout's fixtures.",
    usage: "syrpc judge [<options>] <folders> ...",
    discussion: """
      Takes the folders that a run keeps of its cells (build/interop/cells/...), or one that holds several. Nothing is \
      started, and nothing but files is read: it is how a verdict is disputed, and how a check is developed.

      Exit code 1 if a cell is not as expected.

      Examples:
        syrpc judge build/interop/cells
        syrpc judge --all --check 'hash.*' build/interop/cells/node-swift-node/settings/hello
      """)

  @Argument(help: "Folders with evidence.json in them, or below them.")
  var folders: [String]

  @Option(name: .long, help: ArgumentHelp("Make only these checks.", valueName: "pattern"))
  var check: [String] = []
  @Option(
    name: .long,
    help: ArgumentHelp(
      "What can make a cell fail: required, recommended or informational checks, and those that weigh more.",
      valueName: "level"))
  var level = Level.recommended
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Known divergences besides those of fixtures/divergences.json, or in their place.", valueName: "file"))
  var divergences: [String] = []
  @Flag(name: .long, help: "Show every check of every cell, also those that passed or did not apply.")
  var all = false

  @OptionGroup var checkout: CheckoutOption

  func run() throws {
    let checkout = try checkout.find()
    let checks = check.map(Glob.init)
    _ = try select("--check", checks, from: Judge.checkIDs)
    let judge = Judge(
      checks: checks.isEmpty ? [Glob("*")] : checks,
      divergences: try Divergence.read(checkout, replacedBy: divergences),
      golden: try GoldenMessages(folder: checkout.messages), level: level)
    let contract = try Contract(checkout.contract)
    var counts: [Verdict: Int] = [:]
    for folder in try folders.flatMap(EvidenceFolder.all) {
      let (evidence, broker) = try folder.read(contract, transcripts: checkout.transcripts)
      var result = judge.on(broker: broker).judge(evidence)
      result.folder = folder.path
      result.context = CellContext(evidence)
      counts[result.verdict, default: 0] += 1
      show(result)
    }
    print(
      Verdict.allCases.compactMap { verdict in counts[verdict].map { "\($0) \(verdict.rawValue)" } }
        .joined(separator: ", "))
    if counts.keys.contains(where: \.isUnexpected) { throw ExitCode.notAsExpected }
  }

  private func show(_ result: CellResult) {
    if result.verdict.isUnexpected {
      print(RunSummary.lines(result).joined(separator: "\n"))
    } else {
      print("\(result.verdict.rawValue)  \(result.cell.name)")
    }
    guard all else { return }
    for finding in result.findings {
      let who = [finding.peer, finding.role.map { "as \($0.rawValue)" }].compactMap(\.self).joined(separator: " ")
      print("      \(finding.verdict.rawValue)  \(finding.check)\(who.isEmpty ? "" : ", \(who)"): \(finding.observed)")
    }
  }
}
