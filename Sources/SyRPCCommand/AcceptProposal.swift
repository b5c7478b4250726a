import ArgumentParser
import Foundation
import InteropFixtures
import InteropJudge
import InteropModel
import InteropProposals
import InteropRunner
import InteropSupport

/// Makes a proposal the contract in force, as one change to be reviewed.
struct AcceptProposal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Move a proposal into the contract: the next version, with what follows from it.",
    usage: "syrpc fixtures accept [<options>] <proposal>",
    discussion: """
      Writes the contract, the vectors of hash and names, the golden messages of the peer model (recorded on a private \
      broker), the README's table of payloads, counts, checksums and a line of the changelog; keeps the contract that was in force in fixtures/contracts, takes the \
      proposal away, and lets the others extend the new version. \
      If a step fails, everything is as it was. Review the difference with git. Golden messages of implementations are \
      recorded when these keep to the new contract: syrpc fixtures record PEER.

      Example: syrpc fixtures accept interop/proposals/optional-field.json
      """)

  @Argument(help: ArgumentHelp("The proposal.", valueName: "file")) var proposal: String
  @OptionGroup var peers: PeerOptions

  func run() async throws {
    let checkout = try peers.checkoutOption.findForWriting()
    let proposal = try Proposal(
      URL(filePath: proposal).standardizedFileURL.path, base: try Contract(checkout.contract))
    var acceptance = ProposalAcceptance(proposal, into: checkout, recording: ProposalPlan.model)
    let golden = checkout.messages / "\(ProposalPlan.model).jsonl"
    let recorded = try? Files.read(golden)
    do {
      try acceptance.write()
      // Less than there was is no mistake here: what the new contract cannot carry goes.
      try await record(checkout)
      try PortabilityTable.rebuild(checkout)
      try FixtureCounts(checkout).write()
      try FixtureChecksums(checkout).write()
    } catch {
      try acceptance.undo()
      if let recorded { try Files.write(recorded, to: golden) }
      try PortabilityTable.rebuild(checkout)
      try FixtureChecksums(checkout).write()
      throw error
    }
    print("the contract is version \(proposal.contract.version): \(proposal.name)")
    for path in acceptance.changed + [golden] { print("  \(path)\(Files.exists(path) ? "" : " (removed)")") }
    for note in acceptance.notes { print(note) }
    print("review it with git; syrpc fixtures verify says what does not keep to it yet")
  }

  private func record(_ checkout: Checkout) async throws {
    var selection = RunPlan.Selection()
    selection.peers = [Glob(ProposalPlan.model)]
    selection.scenarios = [Glob("echo")]
    selection.checks = GoldenRecorder.checks
    let setup = try await InteropSetup(selection: selection, peers: peers, canReplay: false)
    let (plan, judge, commands) = (setup.plan, setup.judge, setup.commands)
    _ = try await untilSignal {
      try await withBroker(.own()) { used in
        try await GoldenRecorder(
          peer: ProposalPlan.model, plan: plan, judge: judge.on(broker: used.endpoint.rabbitMQ),
          environment: RunEnvironment(
            broker: used.endpoint, commands: commands, runFolder: used.folder, logFolder: used.folder.path,
            output: used.folder.path, repetition: PeerOptions.repetition(checkout))
        ).record(into: checkout)
      }
    }
  }
}
