import InteropModel
import InteropProposals
import InteropRunner
import InteropSupport

/// Who takes part in the run of a proposal.
struct ProposalCast: Sendable {
  /// The model, which plays every state.
  let model: PeerCatalog.Entry
  let modelCommand: InteropRunner.PeerCommand
  /// All others that are live.
  let entries: [PeerCatalog.Entry]
  let commands: [String: InteropRunner.PeerCommand]
  /// The names of those that keep to the contract in force, the model among them.
  let old: [String]
  /// The names of those that claim to keep to the proposal, but for the model.
  let new: [String]
  /// Those of the default matrix, or that were asked for, that are not live, with the reasons.
  let absent: [ProposalVerdict.Absence]
  /// What those are held to that claim something else.
  let others: [String: Contract]

  /// What a peer is called that claims the proposal without being told to.
  private static let next = "@next"

  /// - Throws: `InteropError`, `ValidationError`, `ExitCode` 1 if one that is required is not live, `CancellationError`.
  init(
    _ proposal: Proposal, _ base: Contract, _ checkout: Checkout, _ options: PeerOptions, _ selection: SelectionOptions
  ) async throws {
    let setup = try await InteropSetup(
      selection: Self.everything(selection), peers: options, canReplay: false)
    try setup.demandRequired()
    let catalog = try await options.catalog(checkout, canReplay: false)
    guard let model = catalog.entries.first(where: { $0.manifest.name == ProposalPlan.model }),
      case .live(let modelCommand) = model.availability
    else { throw InteropError("\(checkout.peers) has no peer \(ProposalPlan.model), without which nothing can be new") }
    self.model = model
    self.modelCommand = modelCommand
    let claims = setup.claims
    entries = setup.entries.filter { entry in
      if case .live = entry.availability { entry.manifest.name != ProposalPlan.model } else { false }
    }
    commands = setup.commands
    absent = setup.entries.compactMap { entry in
      entry.reasonNotLive.map { ProposalVerdict.Absence(peer: entry.manifest.name, reason: $0) }
    }
    let names = entries.map(\.manifest.name)
    func isNew(_ name: String) -> Bool {
      claims[name].map { $0.path == proposal.path } ?? name.hasSuffix(Self.next)
    }
    new = names.filter(isNew)
    let others = claims.filter { !isNew($0.key) }.mapValues(\.contract)
    self.others = others
    old = names.filter { !isNew($0) } + [ProposalPlan.model]
  }

  /// All cells of the peers that are selected: which cells a proposal has is its own affair.
  private static func everything(_ selection: SelectionOptions) -> RunPlan.Selection {
    var all = RunPlan.Selection()
    all.peers = selection.selection.peers
    return all
  }
}
