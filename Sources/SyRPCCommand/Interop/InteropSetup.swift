import ArgumentParser
import InteropJudge
import InteropModel
import InteropReport
import InteropRunner
import InteropSelfTest
import InteropSupport

/// What a run is made of, before anything is started.
struct InteropSetup {
  let checkout: Checkout
  let plan: RunPlan
  let judge: Judge
  /// Whether the selection leaves nothing out.
  let isWhole: Bool
  /// Those that take part, and those that would if they were here.
  let entries: [PeerCatalog.Entry]
  let commands: [String: InteropRunner.PeerCommand]
  /// The peer that can be told to break, for the self-test; nil if the checkout has none.
  let defective: PeerCatalog.Entry?
  /// Those that had to be live and are not, each with the reason.
  private let missingRequired: [(peer: String, reason: String)]
  /// Who must take part in a cell, and why: it was named.
  let demanded: [(peer: String, option: String)]
  /// Of the peers that are not live; or one of each side of every peer.
  let recordings: [RecordedConversation]
  /// What peers claim to keep to that claim a proposal, by their names.
  let claims: [String: Claim]
  /// What the run is held against.
  let fixtures: Report.Run.Fixtures
  /// What was judged in the runs on record.
  let coverageFloor: CoverageFloor

  /// - Parameters:
  ///   - chosen: what of the matrix.
  ///   - level: the least weight of a check that can make the run fail.
  ///   - files: lists of known divergences besides the checkout's, or in place of what that says.
  ///   - peers: where the peers are.
  ///   - canReplay: whether recordings can stand in for peers that are not live.
  ///   - replaysAll: whether recordings of live peers are wanted too.
  /// - Throws: `InteropError`, `ValidationError`, `CancellationError`.
  init(
    selection chosen: RunPlan.Selection, level: Level = .recommended, divergences files: [String] = [],
    peers: PeerOptions, canReplay: Bool,
    replaysAll: Bool = false
  ) async throws {
    checkout = try peers.checkoutOption.find()
    isWhole = chosen.isEmpty
    fixtures = try Report.Run.Fixtures(of: checkout, divergences: files)
    coverageFloor = try CoverageFloor(checkout.coverage)
    let catalog = try await peers.catalog(checkout, canReplay: canReplay)
    // A peer named for a role takes part, also one that is outside the default matrix.
    var wanted = chosen.peers
    let roles = chosen.putters + chosen.servers + chosen.getters + chosen.touching
    let names = catalog.entries.map(\.manifest.name)
    for glob in roles { _ = try select("the role's pattern", [glob], from: names, by: PeerName.forms) }
    if wanted.isEmpty {
      wanted = catalog.entries.filter { entry in
        entry.manifest.isDefault
          || roles.contains { PeerName.forms(of: entry.manifest.name).contains($0.pattern) }
      }.map { Glob($0.manifest.name) }
    }
    let contract = try Contract(checkout.contract)
    claims = try peers.claims(contract, in: checkout)
    for name in claims.keys where !names.contains(name) {
      throw InteropError("--contract \(name): there is no such peer; \(Spelling.hint(name, among: names))")
    }
    let entries = try catalog.selected(wanted)
    self.entries = entries
    defective = catalog.entries.first { $0.manifest.name == Mutation.defectivePeer }

    var commands: [String: InteropRunner.PeerCommand] = [:]
    for entry in entries {
      if case .live(let command) = entry.availability { commands[entry.manifest.name] = command }
    }
    self.commands = commands
    // On several interpreters, all of them.
    var required: [String] = []
    for name in peers.require where name != PeerOptions.allPeers {
      let meant = names.filter { PeerName.forms(of: $0).contains(name) }
      guard !meant.isEmpty else {
        throw ValidationError("--require \(name): there is no such peer; there is \(names.joined(separator: ", "))")
      }
      required += meant
    }
    // One at a version is there because somebody asked for it.
    required += entries.map(\.manifest.name).filter { PeerName.base(of: $0) != $0 && commands[$0] == nil }
    // Whether or not what is selected has a cell for it.
    let defaults = peers.require.contains(PeerOptions.allPeers) ? catalog.entries.filter(\.manifest.isDefault) : []
    missingRequired =
      defaults.compactMap { entry in entry.reasonNotLive.map { (entry.manifest.name, "it is not live here: \($0)") } }
      + required.filter { commands[$0] == nil }.map { name in
        let reason = entries.first { $0.manifest.name == name }?.reasonNotLive
        return (name, reason.map { "it is not live here: \($0)" } ?? "it is not among the peers selected")
      }
    let present = entries.filter { if case .missing = $0.availability { false } else { true } }.map(\.manifest.name)
    demanded =
      required.map { ($0, "--require") }
      + [("--peer", chosen.peers), ("--touching", chosen.touching)].flatMap { option, patterns in
        present.filter { name in patterns.contains { PeerName.matches($0, name) } }.map { ($0, option) }
      }

    var recordings: [RecordedConversation] = []
    for entry in entries {
      if case .replay = entry.availability {} else if !(replaysAll && canReplay) { continue }
      for name in try RecordedConversation.names(in: checkout.transcripts, of: entry.manifest.name) {
        recordings.append(try RecordedConversation(folder: checkout.transcripts, name: name))
      }
    }
    if replaysAll { recordings.removeAll { $0.scenario.name != "recorded-default" } }
    self.recordings = recordings
    plan = try RunPlan(
      peers: entries.map(\.manifest.name).filter { commands[$0] != nil }, recordings: recordings, selection: chosen,
      corpus: try Corpus(folder: checkout.payloads), contract: contract
    ).claiming(claims.mapValues(\.contract))
    judge = Judge(
      checks: chosen.checks.isEmpty ? [Glob("*")] : chosen.checks,
      divergences: try Divergence.read(checkout, replacedBy: files),
      golden: try GoldenMessages(folder: checkout.messages), level: level)
  }

  /// Checks that the peers that `--require` names are live.
  ///
  /// - Throws: `ExitCode` 1, and says why they are not.
  func demandRequired() throws {
    guard !missingRequired.isEmpty else { return }
    for (peer, reason) in missingRequired { printError("--require \(peer): \(reason)") }
    throw ExitCode.notAsExpected
  }
}
