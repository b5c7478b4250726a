import ArgumentParser
import InteropFixtures
import InteropJudge
import InteropModel
import InteropRunner
import InteropSupport
import WireTap

struct FixturesRecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record a live peer's golden messages and transcripts anew.",
    usage: """
      syrpc fixtures record [<options>] --peer <peer>
      syrpc fixtures record --from <transcript> ... [<options>]
      """,
    discussion: """
      Golden messages come from calls of the peer to itself and from other live peers, transcripts from the scenarios of \
      fixtures/transcripts/scenarios.json. Every cell has to be as expected: the first that is not ends it, and nothing \
      is written (see --keep-going). Nor is a set that has fewer messages than fixtures/counts.json says. What does not change is written as \
      the same bytes; review the rest with syrpc fixtures diff. With --from, transcripts of syrpc tap are brought into the \
      form of the fixtures.

      Examples:
        syrpc fixtures record --peer python
        syrpc fixtures record --peer node --reference node=../syrpc-js --output changed; syrpc fixtures diff . changed
        syrpc fixtures record --from recorded/tap-0.jsonl --peer mine --scenario default
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable { case messages, transcripts }

  @Argument(help: ArgumentHelp("The peer; the same as --peer.", visibility: .hidden)) var positional: String?
  @Option(name: .long, help: "The peer.") var peer: String?
  @Option(name: .long, help: "Record only messages, or only transcripts.") var only: Kind?
  @Option(name: .long, help: "Only this scenario's transcripts; with --from, the scenario that they are of.")
  var scenario: String?
  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Take these transcripts, as syrpc tap wrote them.", valueName: "transcript"))
  var from: [String] = []
  @Option(name: .long, help: "With --from: the number of result queues.") var numQueues: Int?
  @Option(
    name: .long, help: "Leave the checkout's fixtures as they are, and write a changed copy of them into this folder.")
  var output: String?
  @Flag(
    name: .long, help: "With --output: record also what is not as expected, to be looked at with syrpc fixtures diff.")
  var keepGoing = false
  @OptionGroup var peers: PeerOptions

  func validate() throws {
    guard (peer == nil) != (positional == nil) else { throw ValidationError("name one peer, with --peer") }
    guard !from.isEmpty || numQueues == nil else { throw ValidationError("--num-queues goes with --from") }
    guard from.isEmpty || scenario != nil else { throw ValidationError("--from goes with --scenario") }
    guard from.isEmpty || only == nil else { throw ValidationError("--only does not go with --from") }
    guard !keepGoing || output != nil && from.isEmpty else { throw ValidationError("--keep-going goes with --output") }
    guard only != .messages || scenario == nil else { throw ValidationError("--scenario is of transcripts") }
  }

  private var name: String { peer ?? positional ?? "" }

  func run() async throws {
    let source = output == nil ? try peers.checkoutOption.findForWriting() : try peers.checkoutOption.find()
    let isNew = output.map { !Files.exists($0 / "fixtures") } ?? false
    let checkout = try output.map { try source.copyOfFixtures(in: $0) } ?? source
    do {
      if from.isEmpty { try await record(checkout, source) } else { try take(checkout) }
      try RecordedMessages(checkout).rebuild()
      if !keepGoing { try FixtureCounts(checkout).write() }
      try FixtureChecksums(checkout).write()
    } catch {
      // A copy that nothing was recorded into would be taken for a recording without a difference.
      if isNew { try? Files.remove(checkout.folder / "fixtures") }
      throw error
    }
  }

  /// Takes what a tap wrote.
  private func take(_ checkout: Checkout) throws {
    let recordings = try from.map { path in
      try TranscriptRecorder.Recording(taken: path, peer: name, scenario: scenario ?? "", resultQueueCount: numQueues)
    }
    let names = recordings.map(\.name)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw InteropError("two of the transcripts are \(twice): a recording is one connection of each side")
    }
    try write(recordings, checkout)
  }

  private func record(_ checkout: Checkout, _ source: Checkout) async throws {
    let scripts = only == .messages ? [] : try scripts(checkout)
    let setup = try await setup()
    let (name, only, keepGoing) = (name, only, keepGoing)
    guard setup.commands[name] != nil else {
      let reason = setup.entries.first { $0.manifest.name == name }?.reasonNotLive
      throw InteropError("\(name) is not live here" + (reason.map { ": \($0)" } ?? ""))
    }
    let (plan, judge, commands) = (setup.plan, setup.judge, setup.commands)
    let contract = try Contract(checkout.contract)
    let (recorded, messages) = try await untilSignal {
      try await withBroker(.own()) { used in
        let judge = judge.on(broker: used.endpoint.rabbitMQ)
        let environment = RunEnvironment(
          broker: used.endpoint, commands: commands, runFolder: used.folder, logFolder: used.folder.path,
          output: used.folder.path, repetition: PeerOptions.repetition(source))
        let recorded = try await TranscriptRecorder(
          peer: name, contract: contract, judge: judge, environment: environment, keepsGoing: keepGoing
        ).record(scripts)
        guard only != .transcripts else { return (recorded, String?.none) }
        let golden = GoldenRecorder(
          peer: name, plan: plan, judge: judge, environment: environment, keepsGoing: keepGoing)
        return (recorded, try await golden.record(into: checkout))
      }
    }
    if let messages { print("wrote \(messages)") }
    try write(recorded.recordings, checkout)
    for note in recorded.notes { printError(note) }
  }

  private func write(_ recordings: [TranscriptRecorder.Recording], _ checkout: Checkout) throws {
    for recording in recordings {
      try recording.write(into: checkout.transcripts)
      print("wrote \(checkout.transcripts / recording.name)")
    }
  }

  private func scripts(_ checkout: Checkout) throws -> [RecordingScript] {
    let scripts = try RecordingScript.read(checkout)
    guard let scenario else { return scripts }
    let chosen = scripts.filter { $0.name == scenario }
    guard !chosen.isEmpty else {
      throw ValidationError(
        "--scenario \(scenario): there is no such scenario; \(Spelling.hint(scenario, among: scripts.map(\.name)))")
    }
    return chosen
  }

  private func setup() async throws -> InteropSetup {
    var selection = RunPlan.Selection()
    // Also with the others of the default matrix as putters: a result's bytes may depend on the request's.
    selection.servers = [Glob(name)]
    selection.getters = [Glob(name)]
    selection.scenarios = [Glob("echo")]
    selection.checks = GoldenRecorder.checks
    return try await InteropSetup(selection: selection, peers: peers, canReplay: false)
  }
}
