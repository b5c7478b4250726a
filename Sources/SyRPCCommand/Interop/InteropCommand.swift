import AMQP
import ArgumentParser
import Foundation
import InteropFixtures
import InteropJudge
import InteropModel
import InteropReport
import InteropRunner
import InteropSelfTest
import InteropSupport
import Rainbow
import SyRPCWire
import WireTap

extension KeptEvidence: ExpressibleByArgument {}
extension Shard: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}

struct InteropCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interop",
    abstract: "Exchange echo calls between implementations in every combination, and judge them from the wire.",
    discussion: """
      Every putter, server and getter among the peers that can run here; a private RabbitMQ node unless --broker names \
      another, whose password can also be in SYRPC_PASSWORD. SYRPC_RABBITMQ_SERVER names the private node's RabbitMQ, as \
      --rabbitmq does. Patterns are shell-like (* and ?); one that matches nothing is an error.

      Examples:
        syrpc interop --payload 'integers-*'
        syrpc interop --putter python --server swift --getter swift --payload hello
        syrpc interop --python python3.9 --python /opt/python3.13/bin/python3
        syrpc interop --reference python=../syrpc-python --require python
        syrpc interop --touching node --require all
        syrpc interop --fault split,delay=5ms
        syrpc interop --rabbitmq /opt/rabbitmq_server-4.0.5
        syrpc interop --shard 2/3 --output shard-2
        syrpc interop --baseline before.json --fail-on regression
        syrpc interop --self-test
        syrpc interop --proposal interop/proposals/gzip.json
        syrpc interop --proposal my.json --reference node@next=../syrpc-js
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var peers: PeerOptions

  @Option(name: .long, help: ArgumentHelp("Use this broker.", valueName: "amqp://user:password@host:port/vhost"))
  var broker: String?

  @OptionGroup var rabbitmq: RabbitMQOption

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --broker: an empty virtual host in which recordings of peers that are not live are played.",
      valueName: "name"))
  var replayVirtualHost: String?

  @Option(
    name: .long,
    help: """
      The folder for report.json and failing cells; by default build/interop in the checkout, or syrpc-report here where \
      syrpc is installed.
      """)
  var output: String?

  @Option(name: .long, help: "How many cells are run at a time; by default 4.5 for each core.")
  var parallel = 9 * ProcessInfo.processInfo.activeProcessorCount / 2

  @Flag(name: .long, help: "Give every cell processes, and an application, of its own.")
  var fresh = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Whose logs and transcripts are kept beside the report: all cells', those of cells that are not as expected, or "
        + "none.", valueName: "cells"))
  var evidence = KeptEvidence.failing

  @Option(
    name: .long,
    help:
      "What standard output gets: text, or tap, TAP 14 when the run has ended. All else goes to standard error then.")
  var format = OutputFormat.text

  enum OutputFormat: String, CaseIterable, ExpressibleByArgument { case text, tap }

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Run one of several parts that take alike: 1/3, 2/3 or 3/3. syrpc report merge joins their reports.",
      valueName: "number/count"))
  var shard: Shard?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The report.json of an earlier run: show at the end what is different, as syrpc report compare does.",
      valueName: "file"))
  var baseline: String?

  @OptionGroup var failOn: FailOnOption

  @OptionGroup var faults: FaultOption

  @Flag(
    name: .long,
    help: "Plant defects in what the live peers do, one at a time, and see whether the checks find them.")
  var selfTest = false

  @Option(name: .long, help: ArgumentHelp("With --self-test: only these defects.", valueName: "pattern"))
  var mutation: [String] = []

  @Flag(
    name: .long,
    help: "Write the list of divergences that the run would need, beside the report: to be reviewed as a difference.")
  var updateDivergences = false

  @Flag(
    name: .long,
    help: "Put on record what this run has judged: fixtures/coverage.json, and the table in interop/README.rst.")
  var updateCoverage = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Run old and new against each other, and say in which order this change of the contract can be deployed.",
      valueName: "file"))
  var proposal: String?

  @Option(
    name: .long,
    help: ArgumentHelp("With --proposal: run only the step into this phase, or into new.", valueName: "name"))
  var phase: String?

  @Flag(name: .long, help: "Say at the end where the time went.")
  var timings = false

  @Flag(name: .long, help: "Show what would run, and run nothing.")
  var list = false

  @Flag(name: .long, help: "List the checks: id, level, whose doing is judged, and what is asserted.")
  var listChecks = false

  func validate() throws {
    if parallel < 1 { throw ValidationError("--parallel must be at least 1") }
    if replayVirtualHost != nil, broker == nil {
      throw ValidationError("--replay-virtual-host goes with --broker: a private node has its own")
    }
    if rabbitmq.rabbitmq != nil, broker != nil {
      throw ValidationError("--rabbitmq does not go with --broker: it is about a private node")
    }
    if !faults.fault.isEmpty, selfTest {
      throw ValidationError("--fault does not go with --self-test: the two plant what the other does not expect")
    }
    if selfTest, let option = selection.ofCells {
      throw ValidationError("\(option) does not go with --self-test, which makes exchanges of its own")
    }
    if fresh, selfTest {
      throw ValidationError("--fresh does not go with --self-test, which makes exchanges of its own")
    }
    if format != .text, selfTest || list || listChecks {
      throw ValidationError("--format goes with a run of the matrix")
    }
    if shard != nil, selfTest || list || listChecks {
      throw ValidationError(
        "--shard goes with a run of the matrix: what it leaves out is known when the peers were asked")
    }
    if shard != nil, updateDivergences {
      throw ValidationError("--update-divergences does not go with --shard: what one does not see another may")
    }
    if updateCoverage, selfTest || list || listChecks || shard != nil || !faults.fault.isEmpty || !selection.isWhole {
      throw ValidationError("--update-coverage goes with a run of the whole matrix, and nothing left out")
    }
    if baseline != nil, selfTest || list || listChecks {
      throw ValidationError("--baseline goes with a run of the matrix")
    }
    if failOn.failOn != nil, baseline == nil { throw ValidationError("--fail-on goes with --baseline") }
    if phase != nil, proposal == nil { throw ValidationError("--phase goes with --proposal") }
    if proposal != nil {
      let others: [(String, Bool)] = [
        ("--self-test", selfTest), ("--shard", shard != nil), ("--baseline", baseline != nil), ("--list", list),
        ("--list-checks", listChecks), ("--fault", !faults.fault.isEmpty), ("--fresh", fresh),
        ("--format", format != .text),
        ("--update-divergences", updateDivergences), ("--update-coverage", updateCoverage),
        ("--check", !selection.check.isEmpty),
        ("--level", selection.counting != .recommended), ("--replay-virtual-host", replayVirtualHost != nil),
      ]
      if let other = others.first(where: \.1) {
        throw ValidationError("\(other.0) does not go with --proposal, which has cells of its own, and required checks")
      }
    }
    if !mutation.isEmpty, !selfTest { throw ValidationError("--mutation goes with --self-test") }
  }

  func run() async throws {
    let isAsExpected = try await untilSignal { try await timings ? timed { try await runs() } : runs() }
    if !isAsExpected { throw ExitCode.notAsExpected }
  }

  /// Runs something, and says where its time went, however it ends.
  private func timed(_ body: () async throws -> Bool) async throws -> Bool {
    let timings = Timings()
    // What interop/run did before.
    if let seconds = ProcessInfo.processInfo.environment["SYRPC_BUILD_SECONDS"].flatMap(Int.init) {
      timings.add(.seconds(seconds), to: .build)
    }
    let started = ContinuousClock.now
    defer {
      print("")
      let table = TimingsTable(timings, total: started.duration(to: .now), parallel: parallel)
      for line in table.lines { print(line) }
    }
    return try await Timings.$current.withValue(timings) { try await body() }
  }

  /// - Returns: whether all was as expected.
  private func runs() async throws -> Bool {
    if let proposal { return try await runs(proposal: proposal) }
    let choice =
      broker.map { BrokerChoice.existing(url: $0, replayVirtualHost: replayVirtualHost) }
      ?? .own(rabbitmq: rabbitmq.rabbitmq)
    let setup = try await InteropSetup(
      selection: selection.selection, level: selection.counting, divergences: selection.divergences, peers: peers,
      canReplay: choice.canReplay, replaysAll: selfTest)
    let hash = try VectorVerification(sipHash: setup.checkout.vectors)
    guard hash.problems.isEmpty else {
      for problem in hash.problems.prefix(3) { printError("swift, SipHash-2-4: \(problem)") }
      printError("the hash is the judge's as well as the library's: nothing can be judged until it is right")
      return false
    }
    if listChecks {
      for rule in setup.judge.rules { print(line(rule)) }
      return true
    }
    if !list { try DescriptorLimit.ensure(parallel: parallel, peers: setup.commands.count) }
    if selfTest { return try await selfTests(setup, choice) }
    if list {
      for cell in setup.plan.cells { print(cell.name) }
      print("\(setup.plan.cells.count.counted("cell")), \(setup.judge.rules.count.counted("check"))")
      return true
    }
    try setup.demandRequired()
    // Read now: it may be what this run writes over.
    let before = try baseline.map { try Baseline(Report.read($0), failOn: failOn.failOn) }
    let program = format == .tap ? try StandardStreams.divertOutput() : nil
    return try await InteropRun(
      setup: setup, shard: shard, broker: choice, output: output ?? setup.checkout.defaultOutput, parallel: parallel,
      faults: faults.fault, isFresh: fresh, evidence: evidence, updatesDivergences: updateDivergences,
      updatesCoverage: updateCoverage,
      repetition: try repetition(setup.checkout), program: program, baseline: before
    ).run()
  }

  /// A check: for people on a terminal in lines that fit, for programs in one.
  private func line(_ rule: Rule) -> String {
    let roles = rule.roles.map(\.rawValue).joined(separator: ", ")
    guard isTerminal else { return "\(rule.id)\t\(rule.level.rawValue)\t\(roles)\t\(rule.meaning)" }
    let meaning = "    \(rule.meaning)".wrapped(to: terminalWidth ?? 80)
    return (["\(rule.id.bold)  \(rule.level.rawValue); \(roles.isEmpty ? "cell" : roles)"] + meaning)
      .joined(separator: "\n")
  }

  /// What of the options, and of the environment, a cell needs to be run again.
  private func repetition(_ checkout: Checkout) throws -> Repetition {
    var repetition = PeerOptions.repetition(checkout)
    repetition.broker = try broker.map(recordable)
    repetition.replayVirtualHost = replayVirtualHost
    repetition.rabbitmq = broker == nil ? rabbitmq.named(ProcessInfo.processInfo.environment) : nil
    repetition.options = selection.repeated
    for option in peers.contract { repetition.options += ["--contract", PeerOptions.repeatable(contract: option)] }
    repetition.output = output.map { URL(filePath: $0).standardizedFileURL.path }
    return repetition
  }

  private func runs(proposal: String) async throws -> Bool {
    let checkout = try peers.checkoutOption.find()
    var repetition = try repetition(checkout)
    let path = URL(filePath: proposal).standardizedFileURL.path
    repetition.options += ["--proposal", path]
    try DescriptorLimit.ensure(parallel: parallel, peers: 16)
    return try await ProposalCommandRun(
      checkout: checkout, path: path, phase: phase, peers: peers, selection: selection,
      broker: broker.map { .existing(url: $0, replayVirtualHost: nil) } ?? .own(rabbitmq: rabbitmq.rabbitmq),
      output: URL(filePath: output ?? checkout.defaultOutput).standardizedFileURL.path, parallel: parallel,
      evidence: evidence, repetition: repetition
    ).run()
  }

  private func selfTests(_ setup: InteropSetup, _ choice: BrokerChoice) async throws -> Bool {
    let checks = Set(setup.judge.rules.map(\.id))
    let all = Mutation.all + (try Mutation.wholes(folder: setup.checkout.peers + "/" + Mutation.defectivePeer))
    let names = Set(try select("--mutation", mutation.map(Glob.init), from: all.map(\.name)))
    let mutations = all.filter { names.contains($0.name) && checks.contains($0.check) }
    if list {
      for mutation in mutations { print(mutation.name) }
      return true
    }
    try setup.demandRequired()
    return try await SelfTestCommandRun(
      setup: setup, mutations: mutations, broker: choice, output: output ?? setup.checkout.defaultOutput,
      parallel: parallel
    ).run()
  }
}
