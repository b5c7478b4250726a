import Foundation
import InteropJudge
import InteropModel
import InteropProposals
import InteropReport
import InteropRunner
import InteropSupport
import Rainbow
import SyRPCWire

/// Runs the cells of a proposal, and says in which order it can be deployed.
struct ProposalCommandRun: Sendable {
  let checkout: Checkout
  let path: String
  let phase: String?
  let peers: PeerOptions
  let selection: SelectionOptions
  let broker: BrokerChoice
  let output: String
  let parallel: Int
  let evidence: KeptEvidence
  let repetition: Repetition

  /// How long a server and a getter wait: nothing comes later that comes at all.
  private static let timeout = Duration.seconds(3)

  /// - Returns: whether it can be rolled out, in the order that it expects if it expects one.
  /// - Throws: `InteropError`, `BrokerError`, `CancellationError`.
  func run() async throws -> Bool {
    let base = try Contract(checkout.contract)
    let proposal = try Proposal(path, base: base)
    let cast = try await ProposalCast(proposal, base, checkout, peers, selection)
    let judge = Judge(
      divergences: try Divergence.read(checkout, replacedBy: selection.divergences),
      golden: try GoldenMessages(folder: checkout.messages), level: .required)
    let plan = try ProposalPlan(
      proposal, old: cast.old, new: cast.new, corpus: try Corpus(folder: checkout.payloads))
    if let phase, !plan.stages.dropFirst().map(\.name).contains(phase) {
      let names = plan.stages.dropFirst().map(\.name)
      throw InteropError("--phase \(phase): there is no such phase; \(Spelling.hint(phase, among: names))")
    }
    let folder = try OutputFolder(output)
    defer { extendLifetime(folder) }
    try Files.remove(output / "cells")
    print(
      "\(proposal.name), a change of version \(base.version): \(proposal.reason)".wrapped(to: 80).joined(
        separator: "\n"))
    return try await withBroker(broker) { used in try await run(plan, cast, judge, used) }
  }

  private func run(_ plan: ProposalPlan, _ cast: ProposalCast, _ judge: Judge, _ used: UsedBroker) async throws -> Bool
  {
    let started = Date()
    let logs = used.folder.path / "logs"
    try Files.createFolder(logs)
    let models = try plan.commands(cast.modelCommand, in: used.folder.path)
    let entries = cast.entries + models.sorted { $0.key < $1.key }.map { cast.model.named($0.key, $0.value) }
    let probed = await PeerCatalog.probe(entries, logFolder: logs, in: used.folder)
    for peer in probed {
      if let failure = peer.failure { throw InteropError("\(peer.name) cannot be used: \(failure.message)") }
    }
    let contracts = plan.contracts(cast.others)
    let people = probed.map { peer in
      var peer = peer
      peer.contract =
        contracts[peer.name].map { $0.version == plan.proposal.base.version ? nil : plan.proposal.title } ?? nil
      return peer
    }
    print("\n\(PeerTable.text(people.map(Report.Peer.init)))\n")
    for stage in [plan.old, plan.new] {
      let line = "\(stage.name): \(stage.peers.joined(separator: ", "))"
      print(line.wrapped(to: 80, indent: 5).joined(separator: "\n"))
    }
    print("")
    var environment = RunEnvironment(
      broker: used.endpoint, places: used.places, commands: cast.commands.merging(models) { $1 }, peers: people,
      watch: used.watch, runFolder: used.folder, logFolder: logs, output: output, evidence: evidence,
      repetition: repetition, runID: used.runID)
    environment.timeout = Self.timeout
    let progress = StepProgress()
    let run = ProposalRun(
      plan: plan, judge: judge.on(broker: used.endpoint.rabbitMQ), environment: environment, claims: cast.others,
      parallel: parallel,
      features: Dictionary(people.compactMap { peer in peer.identity.map { (peer.name, $0.features) } }) { $1 },
      selection: selection.selection, begin: { await progress.begin($0, $1, $2) }, progress: { await progress.note($0) }
    )
    let outcome = try await outcome(of: run, without: cast.absent)
    await progress.end()
    try write(outcome, people, used, started)
    print("")
    for line in outcome.lines { print(line) }
    print("report: \(output / "proposal.json")")
    let last = outcome.isAsExpected ? "it can be deployed so" : "NOT as expected"
    print(outcome.isAsExpected ? last.green : last.red)
    return outcome.isAsExpected
  }

  private func outcome(
    of run: ProposalRun, without absent: [ProposalVerdict.Absence]
  ) async throws -> ProposalOutcome {
    if let phase { return ProposalOutcome(step: try await run.step(into: phase)) }
    guard selection.ofCells == nil else { return ProposalOutcome(cells: try await run.selected()) }
    var verdict = try await run.verdict()
    verdict.absent = absent
    return ProposalOutcome(verdict: verdict)
  }

  private func write(
    _ outcome: ProposalOutcome, _ people: [RunReport.Peer], _ used: UsedBroker, _ started: Date
  ) throws {
    var facts = Report.Run(started: started, parallel: parallel)
    facts.isWhole = false
    facts.fixtures = try Report.Run.Fixtures(of: checkout, divergences: selection.divergences)
    facts.broker = used.endpoint.reported
    facts.cells = outcome.results.count
    let report = Report(RunReport(run: facts, peers: people, cells: outcome.results, problems: []))
    try Files.write(try report.json().indented(levels: 2), to: output / "report.json")
    try Files.write(try outcome.json.indented(levels: 4), to: output / "proposal.json")
  }
}

/// What a run of a proposal came to: a verdict, one step, or some cells.
private struct ProposalOutcome {
  let lines: [String]
  let json: JSON
  let results: [CellResult]
  let isAsExpected: Bool

  init(verdict: ProposalVerdict) {
    lines = verdict.lines
    json = verdict.json
    results = verdict.steps.flatMap { $0.cells.map(\.result) }
    isAsExpected = verdict.isAsExpected
  }

  init(step: StepResult) {
    lines = step.lines + ["", "this step: \(step.order?.rawValue ?? "no order works")"]
    json = step.json
    results = step.cells.map(\.result)
    isAsExpected = step.order != nil
  }

  init(cells: [MixedCell]) {
    lines = cells.map { "\($0.cell.name): \($0.truth.rawValue)\($0.reason.isEmpty ? "" : ": \($0.reason.visible)")" }
    json = ["cells": .array(cells.map { ["cell": .string($0.cell.name), "truth": .string($0.truth.rawValue)] })]
    results = cells.map(\.result)
    isAsExpected = cells.allSatisfy { $0.truth == .works }
  }
}

/// The progress of one step after the other.
private actor StepProgress {
  private var line: ProgressLine?

  func begin(_ before: Stage, _ after: Stage, _ cells: Int) async {
    await end()
    print("\(before.name) to \(after.name): \(cells.counted("cell"))")
    fflushOutput()
    line = ProgressLine(total: cells, of: "cells", complains: false)
    await line?.start()
  }

  func note(_ result: CellResult) async { await line?.note(result) }

  func end() async {
    await line?.finish()
    line = nil
  }
}
