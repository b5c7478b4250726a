import ArgumentParser
import InteropFixtures
import InteropModel
import InteropSupport

struct FixturesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fixtures", abstract: "Check the golden messages, transcripts and vectors, or record them anew.",
    subcommands: [
      Verify.self, FixturesRecordCommand.self, FixturesDiffCommand.self, Rebuild.self, Tested.self, AcceptProposal.self,
    ], defaultSubcommand: Verify.self)

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
