import ArgumentParser
import Foundation
import InteropJudge
import InteropRunner
import InteropSupport

extension Level: ExpressibleByArgument {}

/// What of the matrix is run, and what counts.
struct SelectionOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Only these peers, in any role.", valueName: "pattern"))
  var peer: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only these as putter.", valueName: "pattern"))
  var putter: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only these as server.", valueName: "pattern"))
  var server: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only these as getter.", valueName: "pattern"))
  var getter: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only cells in which one of these has any role.", valueName: "pattern"))
  var touching: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only these scenarios.", valueName: "pattern"))
  var scenario: [String] = []
  @Option(name: .long, help: ArgumentHelp("Only these payloads.", valueName: "pattern"))
  var payload: [String] = []
  @Option(name: .long, help: ArgumentHelp("Make only these checks.", valueName: "pattern"))
  var check: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What can make the run fail: required, recommended or informational checks, and those that weigh more.",
      valueName: "level"))
  var level = Level.recommended
  @Flag(name: .long, help: "Notes make the run fail, but those that are listed: the same as --level informational.")
  var strict = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Known divergences besides those of fixtures/divergences.json, or in their place.", valueName: "file"))
  var divergences: [String] = []

  /// The least weight of a check that counts.
  var counting: Level { strict ? .informational : level }

  /// What of these a cell needs to come to the same verdict again.
  var repeated: [String] {
    divergences.flatMap { ["--divergences", URL(filePath: $0).standardizedFileURL.path] }
      + (counting == .recommended ? [] : ["--level", counting.rawValue])
  }

  /// The first option that was given, if any, by which cells are selected.
  var ofCells: String? {
    [
      ("--putter", putter), ("--server", server), ("--getter", getter), ("--touching", touching),
      ("--scenario", scenario),
      ("--payload", payload),
    ].first { !$0.1.isEmpty }?.0
  }

  /// Whether nothing is selected: by options only peers outside the default matrix come in.
  var isWhole: Bool { selection.isEmpty }

  var selection: RunPlan.Selection {
    var selection = RunPlan.Selection()
    selection.peers = peer.map(Glob.init)
    selection.putters = putter.map(Glob.init)
    selection.servers = server.map(Glob.init)
    selection.getters = getter.map(Glob.init)
    selection.touching = touching.map(Glob.init)
    selection.scenarios = scenario.map(Glob.init)
    selection.payloads = payload.map(Glob.init)
    selection.checks = check.map(Glob.init)
    return selection
  }
}
