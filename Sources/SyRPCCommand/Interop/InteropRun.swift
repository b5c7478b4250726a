import AMQP
import ArgumentParser
import Foundation
import InteropBroker
import InteropFixtures
import InteropJudge
import InteropModel
import InteropReport
import InteropRunner
import InteropSupport
import Rainbow
import SyRPCWire
import WireTap

/// Runs the matrix, shows it, and writes the report.
struct InteropRun: Sendable {
  let checkout: Checkout
  let plan: RunPlan
  /// The part of the plan that is run; nil for all of it.
  let shard: Shard?
  let judge: Judge
  let isWhole: Bool
  let fixtures: Report.Run.Fixtures
  /// What was judged in the runs on record.
  let coverageFloor: CoverageFloor
  /// Whether the list of divergences that it would need is written.
  let updatesDivergences: Bool
  /// Whether it is put on record what this run has judged.
  let updatesCoverage: Bool
  let entries: [PeerCatalog.Entry]
  let commands: [String: InteropRunner.PeerCommand]
  let demanded: [(peer: String, option: String)]
  /// What peers claim to keep to that claim a proposal.
  let claims: [String: Claim]
  let broker: BrokerChoice
  let output: String
  let parallel: Int
  /// What happens to all connections.
  let faults: TapFaults
  /// Whether every cell has processes of its own.
  let isFresh: Bool
  let evidence: KeptEvidence
  let repetition: Repetition
  /// Where TAP goes, if a program reads it.
  let program: FileHandle?
  /// What it is held against beside the checks; nil for nothing.
  let baseline: Baseline?

  init(
    setup: InteropSetup, shard: Shard?, broker: BrokerChoice, output: String, parallel: Int, faults: TapFaults,
    isFresh: Bool, evidence: KeptEvidence, updatesDivergences: Bool, updatesCoverage: Bool, repetition: Repetition,
    program: FileHandle?,
    baseline: Baseline?
  ) {
    checkout = setup.checkout
    plan = setup.plan
    self.shard = shard
    judge = setup.judge
    isWhole = setup.isWhole
    fixtures = setup.fixtures
    coverageFloor = setup.coverageFloor
    self.updatesDivergences = updatesDivergences
    self.updatesCoverage = updatesCoverage
    entries = setup.entries
    commands = setup.commands
    demanded = setup.demanded
    claims = setup.claims
    self.broker = broker
    self.output = URL(filePath: output).standardizedFileURL.path
    self.parallel = parallel
    self.faults = faults
    self.isFresh = isFresh
    self.evidence = evidence
    self.repetition = repetition
    self.program = program
    self.baseline = baseline
  }

  /// - Returns: whether all was as expected.
  /// - Throws: `InteropError`, `BrokerError`, `CancellationError`; the report has what was run until then.
  func run() async throws -> Bool {
    // First, so that a folder that cannot be written to is known before anything runs.
    let folder = try OutputFolder(output)
    defer { extendLifetime(folder) }
    // Last run's cells must not be taken for this one's.
    try Files.remove(output / "cells")
    try Files.remove(output / "peers")
    let started = Date()
    let record = RunRecord()
    if let shard { await record.note(shard: shard) }
    let unfinished = "it was killed, it could not write its report, or it is not over yet"
    try await write(record.report(facts(started), endedEarly: unfinished))

    let outcome: Result<Void, any Error>
    do {
      outcome = .success(
        try await withBroker(broker, reportLeft: { await record.note(left: $0) }) { try await run($0, record) })
    } catch { outcome = .failure(error) }

    var failure: (any Error)?
    if case .failure(let error) = outcome { failure = error }
    let report = await record.report(facts(started), endedEarly: failure.map(reason))
    // What a full disk keeps out of the report is on the terminal at least.
    if failure == nil || !report.cells.isEmpty { TerminalReport(report).show() }
    do {
      try write(report)
      try program?.write(contentsOf: Data(TAPReport.text(report).utf8))
      if failure == nil || !report.cells.isEmpty { print("report: \(reportFile)") }
    } catch {
      guard let first = failure else { throw error }
      // What came first is the reason.
      printError("\(error)")
      throw first
    }
    if let failure {
      if let left = await record.left { printLeft(left) }
      throw failure
    }
    if let left = await record.left {
      printLeft(left)
      throw InteropError("not all that the run declared could be deleted from the broker")
    }
    if let unkept = report.cells.compactMap(\.unkept).first { throw InteropError(unkept) }
    let last = LastLine.text(report, isCI: LastLine.isCI(ProcessInfo.processInfo.environment))
    print(report.isAsExpected ? last.green : last.red)
    guard let baseline else { return report.isAsExpected }
    print("")
    return baseline.compare(with: report) ?? report.isAsExpected
  }

  private var reportFile: String { output / "report.json" }

  private func write(_ report: Report) throws {
    let span = Timings.Span(.writing)
    defer { span.end() }
    try Files.write(try report.json().indented(levels: 2), to: reportFile)
  }

  /// Why a run ended early, for its report.
  private func reason(_ error: any Error) -> String {
    guard error is CancellationError else { return "\(error)" }
    return StandardStreams.outputFailure.map { "standard output could not be written to: \($0)" }
      ?? "it was interrupted by a signal"
  }

  private func run(_ used: UsedBroker, _ record: RunRecord) async throws {
    let (broker, folder) = (used.endpoint, used.folder)
    let judge = judge.on(broker: used.endpoint.rabbitMQ)
    await record.note(broker)
    if let time = broker.acceptance, time >= AcceptanceTime.isSlow {
      print(
        """
        note: the broker takes up to \(time.inSeconds) to answer a connection, as one does whose own host name does not \
        resolve. Cells in which a peer does not wait that long are skipped.

        """)
    }
    let logs = folder.path / "logs"
    try Files.createFolder(logs)
    let probing = Timings.Span(.processes)
    let peers = await PeerCatalog.probe(entries, logFolder: logs, in: folder).claiming(claims)
    probing.end()
    try Task.checkCancellation()
    await record.note(peers: peers)
    print(PeerTable.text(peers.map(Report.Peer.init)))
    keepLogs(of: peers, from: logs)
    let environment = RunEnvironment(
      broker: broker, replayVirtualHost: used.replayVirtualHost, places: used.places, restart: used.restart,
      commands: commands, peers: peers, watch: used.watch, runFolder: folder, logFolder: logs, output: output,
      faults: faults, isFresh: isFresh, evidence: evidence, repetition: repetition, runID: used.runID)
    let features = peers.compactMap { peer in peer.identity.map { (peer.name, $0.features) } }
    let possible = try plan.restricted(to: Dictionary(features) { first, _ in first })
    await note(leftOut: plan.cells.count - possible.cells.count, "they ask of a peer what it cannot do", record)
    guard let whole = broker.isPrivate ? possible : possible.onForeignBroker else {
      throw InteropError("nothing is left to run: what is selected needs a broker of the run's own")
    }
    await note(leftOut: possible.cells.count - whole.cells.count, "they need a broker of the run's own", record)
    for (peer, option) in demanded where !whole.peers.contains(peer) {
      throw InteropError(
        "\(option) \(peer): no cell has it: what is selected, or what it can do, leaves it out; a recording needs "
          + "\(RecordedConversation.partner) as its partner")
    }
    let plan = try shard.map { try whole.of($0) } ?? whole
    await record.note(all: whole.cells, plan: whole.fingerprint(judge))
    await record.note(planned: plan.cells.count)
    let part = shard.map { "shard \($0), \(plan.cells.count) of " } ?? ""
    print("\(part)\(whole.cells.count.counted("cell")) on \(broker.about.visible)\n")
    if !broker.isPrivate {
      print("what is declared there has interop-\(used.runID)- in its name, and is deleted at the end\n")
    }
    if !faults.isEmpty { print("faults on every connection of a peer: \(faults)\n") }
    fflushOutput()

    let progress = ProgressLine(total: plan.cells.count, of: "cells")
    await progress.start()
    let outcome = await MatrixRun(plan: plan, judge: judge, environment: environment, parallel: parallel)
      .outcome { await progress.note($0) }
    await progress.finish()
    if updatesDivergences, outcome.failure == nil { try writeDivergences(judge, outcome.results) }
    await record.note(outcome.results, judge.tallies(in: outcome.results))
    if let failure = outcome.failure { throw failure }
    // What a part of the matrix has not judged the rest may have; and faults keep peers from what they do.
    guard isWhole, shard == nil, faults.isEmpty else { return }
    let coverage = Coverage(outcome.results)
    if updatesCoverage {
      try CoverageTable.record(coverage, in: checkout)
      print("what this run has judged is on record: \(checkout.coverage)\n")
    } else {
      await record.note(unjudged: coverageFloor.missing(in: coverage, checks: judge.rules.map(\.id)))
    }
  }

  /// Writes the list of divergences that this run would need, beside the report.
  private func writeDivergences(_ judge: Judge, _ results: [CellResult]) throws {
    let update = DivergenceUpdate(
      try Files.readJSON(checkout.divergences), path: checkout.divergences, judge: judge, results, isWhole: isWhole)
    let path = output / "divergences.json"
    try Files.write(try update.list.indented(levels: 3), to: path)
    print(
      "the list of divergences that this run would need: \(update.added) new, \(update.changed) changed, "
        + "\(update.removed) gone: \(path)\n")
  }

  private func note(leftOut cells: Int, _ reason: String, _ record: RunRecord) async {
    guard cells > 0 else { return }
    print("cells left out, as \(reason): \(cells)")
    await record.note(leftOut: cells, reason: reason)
  }

  /// Keeps what those wrote that did not start: that is not tried again, and no cell has it.
  private func keepLogs(of peers: [RunReport.Peer], from folder: String) {
    for peer in peers where peer.failure != nil {
      let log = (try? Files.read(folder / PeerCatalog.Entry.probeLog(peer.name))) ?? []
      let path = output / "peers/\(peer.name).log"
      do {
        try Files.write(log, to: path)
        print("\(peer.name) cannot be used: what it wrote to standard error is in \(path)")
      } catch { printError("\(error)") }
    }
  }

  private func facts(_ started: Date) -> Report.Run {
    var facts = Report.Run(started: started, parallel: parallel, faults: faults)
    facts.isWhole = isWhole
    facts.fixtures = fixtures
    return facts
  }
}
