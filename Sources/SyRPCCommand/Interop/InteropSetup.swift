import ArgumentParser
import Interop

/// What a run is made of, before anything is started.
struct InteropSetup {
  let checkout: Checkout
  let plan: RunPlan
  let judge: Judge
  /// Those that take part, and those that would if they were here.
  let entries: [PeerCatalog.Entry]
  let commands: [String: Interop.PeerCommand]
  private let missingRequired: [String]
  /// Who must take part in a cell, and why: it was named.
  let demanded: [(peer: String, option: String)]
  /// Of the peers that are not live; or one of each side of every peer.
  let recordings: [RecordedConversation]

  /// - Parameters:
  ///   - chosen: what of the matrix.
  ///   - peers: where the peers are.
  ///   - canReplay: whether recordings can stand in for peers that are not live.
  ///   - replaysAll: whether recordings of live peers are wanted too.
  /// - Throws: `InteropError`, `ValidationError`, `CancellationError`.
  init(selection chosen: RunPlan.Selection, peers: PeerOptions, canReplay: Bool, replaysAll: Bool = false) async throws
  {
    checkout = try peers.checkoutOption.find()
    let catalog = try await peers.catalog(checkout, canReplay: canReplay)
    // A peer named for a role takes part, also one that is outside the default matrix.
    var wanted = chosen.peers
    let roles = chosen.putters + chosen.servers + chosen.getters
    let names = catalog.entries.map(\.manifest.name)
    for glob in roles { _ = try select("the role's pattern", [glob], from: names, by: PeerName.forms) }
    if wanted.isEmpty {
      wanted = catalog.entries.filter { entry in
        entry.manifest.isDefault
          || roles.contains { PeerName.forms(of: entry.manifest.name).contains($0.pattern) }
      }.map { Glob($0.manifest.name) }
    }
    entries = try catalog.selected(wanted)

    var commands: [String: Interop.PeerCommand] = [:]
    for entry in entries {
      if case .live(let command) = entry.availability { commands[entry.manifest.name] = command }
    }
    self.commands = commands
    // On several interpreters, all of them.
    var required: [String] = []
    for name in peers.require {
      let meant = names.filter { PeerName.forms(of: $0).contains(name) }
      guard !meant.isEmpty else {
        throw ValidationError("--require \(name): there is no such peer; there is \(names.joined(separator: ", "))")
      }
      required += meant
    }
    missingRequired = required.filter { commands[$0] == nil }
    demanded =
      required.map { ($0, "--require") }
      + entries.filter { entry in
        if case .missing = entry.availability { return false }
        return chosen.peers.contains { PeerName.matches($0, entry.manifest.name) }
      }.map { ($0.manifest.name, "--peer") }

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
      corpus: try Corpus(folder: checkout.payloads), contract: try Contract(checkout.contract))
    let divergences = try Divergence.read(checkout.divergences)
    try DivergenceNames(checkout).check(divergences)
    judge = Judge(
      checks: chosen.checks.isEmpty ? [Glob("*")] : chosen.checks, divergences: divergences,
      golden: try GoldenMessages(folder: checkout.messages))
  }

  /// Checks that the peers that `--require` names are live.
  ///
  /// - Throws: `ExitCode` 1, and says why they are not.
  func demandRequired() throws {
    guard !missingRequired.isEmpty else { return }
    for name in missingRequired {
      switch entries.first(where: { $0.manifest.name == name })?.availability {
      case .missing(let reason), .replay(let reason): printError("--require \(name): it is not live here: \(reason)")
      case .live, nil: printError("--require \(name): it is not among the peers selected")
      }
    }
    throw ExitCode.notAsExpected
  }
}
