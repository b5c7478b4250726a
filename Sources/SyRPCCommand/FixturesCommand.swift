import ArgumentParser
import InteropFixtures
import InteropJudge
import InteropModel
import InteropRunner
import InteropSupport

struct FixturesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fixtures", abstract: "Check the golden messages, transcripts and vectors, or record them anew.",
    subcommands: [Verify.self, Record.self, Rebuild.self, Tested.self], defaultSubcommand: Verify.self)

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check all fixtures offline, without a broker.", discussion: "Exit code 1 if one is not as it must be.")

    @OptionGroup var checkout: CheckoutOption

    func run() throws {
      let verification = FixtureVerification(try checkout.find())
      for line in verification.counts { print(line) }
      for problem in verification.problems { printError(problem) }
      guard verification.problems.isEmpty else {
        printError("\(verification.problems.count.counted("problem")): not all fixtures are as they must be")
        throw ExitCode.notAsExpected
      }
      print("all fixtures are as they must be")
    }
  }

  struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Record a live peer's golden messages anew, from calls to itself and from other live peers.",
      usage: "syrpc fixtures record [<options>] <peer>",
      discussion: """
        Every cell has to be as expected: the first that is not ends it, and nothing is written. Nor is a set that has \
        fewer messages than fixtures/counts.json says. Then review the difference with git. \
        Example: syrpc fixtures record python
        """)

    @Argument(help: "The peer.") var peer: String
    @OptionGroup var peers: PeerOptions

    func run() async throws {
      _ = try peers.checkoutOption.findForWriting()
      var selection = RunPlan.Selection()
      // Also with others as putters: a result's bytes may depend on the request's.
      selection.peers = [Glob("*")]
      selection.servers = [Glob(peer)]
      selection.getters = [Glob(peer)]
      selection.scenarios = [Glob("echo")]
      selection.checks = GoldenRecorder.checks
      let setup = try await InteropSetup(selection: selection, peers: peers, canReplay: false)
      let peer = peer
      let commands = setup.commands
      let plan = setup.plan
      let checkout = setup.checkout
      let judge = setup.judge
      let path = try await untilSignal {
        try await withBroker(.own()) { used in
          try await GoldenRecorder(
            peer: peer, plan: plan, judge: judge.on(broker: used.endpoint.rabbitMQ),
            environment: RunEnvironment(
              broker: used.endpoint, commands: commands, runFolder: used.folder, logFolder: used.folder.path,
              output: used.folder.path, repetition: PeerOptions.repetition(checkout))
          ).record(into: checkout)
        }
      }
      try FixtureCounts(checkout).write()
      try FixtureChecksums(checkout).write()
      print("wrote \(path)")
    }
  }

  struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Take the recorded messages out of the transcripts anew; write the README's tables, counts and checksums.",
      discussion: """
        Nothing is written if there are fewer fixtures of a kind than fixtures/counts.json says: lower the number there \
        first, if that is what you want.
        """)

    @OptionGroup var checkout: CheckoutOption

    func run() throws {
      let checkout = try checkout.findForWriting()
      let counts = try FixtureCounts(checkout)
      try counts.checkNothingIsMissing()
      try RecordedMessages(checkout).rebuild()
      try PortabilityTable.rebuild(checkout)
      try TestedVersions(checkout).write(checkout)
      try counts.write()
      try FixtureChecksums(checkout).write()
    }
  }

  struct Tested: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Put on record with which versions of broker, libraries and runtimes the matrix was run.",
      discussion: """
        Reads reports of complete runs, and writes fixtures/tested.json and the README's table of it. A run takes the \
        place of one with the same versions. Example: syrpc fixtures tested build/interop/report.json
        """)

    @Argument(help: "The files report.json.") var reports: [String]
    @OptionGroup var checkout: CheckoutOption

    func run() throws {
      let checkout = try checkout.findForWriting()
      var tested = try TestedVersions(checkout)
      for report in reports { try tested.add(report: report) }
      try tested.write(checkout)
      try FixtureChecksums(checkout).write()
      print("\(tested.count.counted("run")) in \(checkout.tested)")
    }
  }
}
