import AMQP
import ArgumentParser
import Foundation
import Interop
import Rainbow
import SyRPCWire
import WireTap

/// Runs the matrix, shows it, and writes the report.
struct InteropRun: Sendable {
  let checkout: Checkout
  let plan: RunPlan
  let judge: Judge
  let entries: [PeerCatalog.Entry]
  let commands: [String: Interop.PeerCommand]
  let missingRequired: [String]
  let broker: BrokerChoice
  let output: String
  let parallel: Int
  /// What happens to all connections.
  let faults: TapFaults

  init(setup: InteropSetup, broker: BrokerChoice, output: String, parallel: Int, faults: TapFaults) {
    checkout = setup.checkout
    plan = setup.plan
    judge = setup.judge
    entries = setup.entries
    commands = setup.commands
    missingRequired = setup.missingRequired
    self.broker = broker
    self.output = URL(filePath: output).standardizedFileURL.path
    self.parallel = parallel
    self.faults = faults
  }

  /// - Returns: whether all was as expected.
  /// - Throws: `InteropError`, `BrokerError`, `CancellationError`.
  func run() async throws -> Bool {
    guard missingRequired.isEmpty else {
      for name in missingRequired {
        let entry = entries.first { $0.manifest.name == name }
        switch entry?.availability {
        case .missing(let reason), .replay(let reason): printError("--require \(name): it is not live here: \(reason)")
        case .live, nil: printError("--require \(name): it is not among the peers selected")
        }
      }
      throw ExitCode.notAsExpected
    }
    // Last run's cells must not be taken for this one's.
    try Files.remove(output / "cells")
    // Written first, so that a folder that cannot be written to is known before anything runs.
    try Files.write(Array("{}\n".utf8), to: output / "report.json")
    return try await withBroker(broker) { used in try await run(used) }
  }

  private func run(_ used: UsedBroker) async throws -> Bool {
    let (broker, folder) = (used.endpoint, used.folder)
    let started = Date()
    let logs = folder.path / "logs"
    try Files.write([], to: logs / "run.log")
    let environment = RunEnvironment(
      broker: broker, replayVirtualHost: used.replayVirtualHost, elsewhere: used.elsewhere, restart: used.restart,
      commands: commands, runFolder: folder, logFolder: logs, output: output, faults: faults)
    let peers = await PeerCatalog.probe(entries, logFolder: logs, in: folder)
    print(PeerTable.text(peers))
    let features = peers.compactMap { peer in peer.identity.map { (peer.name, $0.features) } }
    let possible = try plan.restricted(to: Dictionary(features) { first, _ in first })
    if possible.cells.count < plan.cells.count {
      print("\(plan.cells.count - possible.cells.count) cells are left out: they ask of a peer what it cannot do")
    }
    guard let plan = broker.isPrivate ? possible : possible.onForeignBroker else {
      throw InteropError("nothing is left to run: what is selected needs a broker of the run's own")
    }
    if plan.cells.count < possible.cells.count {
      print("\(possible.cells.count - plan.cells.count) cells are left out: they need a broker of the run's own")
    }
    print("\(plan.cells.count) cells on \(broker.about)\n")
    if !faults.isEmpty { print("faults on every connection of a peer: \(faults)\n") }
    fflushOutput()

    let progress = ProgressLine(total: plan.cells.count)
    let results = try await MatrixRun(plan: plan, judge: judge, environment: environment, parallel: parallel)
      .results { await progress.note($0) }
    await progress.finish()

    let report = RunReport(
      run: facts(broker, started), peers: peers, cells: results, problems: judge.problems(in: results))
    try Files.write(try report.json.indented(levels: 2), to: output / "report.json")
    show(report)
    return report.isAsExpected
  }

  private func show(_ report: RunReport) {
    for line in MatrixTable.text(report.cells).split(separator: "\n") {
      print(line.contains("FAIL") || line.contains("UNEXPECTED") ? String(line).red : String(line))
    }
    let summary = RunSummary(report)
    if !summary.divergences.isEmpty {
      print("\nKnown divergences seen:")
      for line in summary.divergences { print("  \(line)") }
    }
    for problem in report.problems { print("\nDivergence list: \(problem)".red) }
    print("\n\(summary.totals)")
    print("report: \(output / "report.json")")
    print(report.isAsExpected ? "all as expected".green : "NOT as expected".red)
  }

  private func facts(_ broker: BrokerEndpoint, _ started: Date) -> JSONObject {
    [
      "syrpc": .string(Versions.syrpc), "librabbitmq": .string(Versions.librabbitmq),
      "jansson": .string(Versions.jansson), "broker": .string(broker.about),
      "command": .array(CommandLine.arguments.map(JSON.string)),
      "started": .string(started.formatted(.iso8601)),
      "seconds": .real((Date().timeIntervalSince(started) * 10).rounded() / 10), "parallel": .integer(Int64(parallel)),
      "faults": faults.isEmpty ? nil : .string(faults.description),
      "system": .string(ProcessInfo.processInfo.operatingSystemVersionString),
    ]
  }
}
