package import InteropModel
package import InteropRunner
package import InteropSupport
internal import SyRPCWire

/// What is run for a proposal: peers of its states in every mixture of two neighbours.
package struct ProposalPlan: Sendable {
  /// The harness's own small implementation, which does what a contract says (`interop/peers/model`).
  package static let model = "model"
  /// What the variable is called by which it is told the contract.
  package static let variable = "SYRPC_CONTRACT"

  package let proposal: Proposal
  package let corpus: Corpus
  /// The contract in force, in which nobody knows of the proposal.
  package let old: Stage
  package let phases: [Stage]
  /// The proposed contract, and nothing else.
  package let new: Stage
  /// What the payloads are tried with: small, not ASCII, and more than 1 KiB.
  package static let payloads = ["hello", "non-ascii-text", "body-5000-bytes"]

  /// - Parameters:
  ///   - proposal: what is proposed.
  ///   - old: the peers that keep to the contract in force; the model is one of them.
  ///   - new: those that claim to keep to the proposal, besides the model.
  ///   - corpus: the payloads.
  /// - Throws: ``InteropError`` if the corpus lacks one that is needed.
  package init(_ proposal: Proposal, old: [String], new: [String], corpus: Corpus) throws(InteropError) {
    self.proposal = proposal
    self.corpus = corpus
    for name in Self.payloads where corpus[name] == nil {
      throw InteropError("there is no payload \(name), with which proposals are tried")
    }
    let base = proposal.base.version
    self.old = Stage(name: "old", about: "reads and writes version \(base)", peers: old)
    phases = proposal.phases.map { phase in
      Stage(name: phase.name, about: phase.about ?? phase.summary, peers: ["\(Self.model)@\(phase.name)"])
    }
    self.new = Stage(
      name: "new", about: "reads and writes version \(base + 1)", peers: ["\(Self.model)@next"] + new)
  }

  /// All states in their order, with the phases between.
  package var stages: [Stage] { [old] + phases + [new] }

  /// What the peers of all states claim to keep to, but for those that keep to the contract in force: what a peer of a phase
  /// is held to is what it writes.
  ///
  /// - Parameter others: of peers that claim another proposal.
  /// - Returns: the contracts by the peers' names.
  package func contracts(_ others: [String: Contract] = [:]) -> [String: Contract] {
    var contracts = others
    for peer in new.peers { contracts[peer] = proposal.contract }
    for (stage, phase) in zip(phases, proposal.phases) {
      for peer in stage.peers { contracts[peer] = contract(phase.writes) }
    }
    return contracts
  }

  private func contract(_ version: Int) -> Contract {
    version == proposal.base.version ? proposal.base : proposal.contract
  }

  /// How the model is started for each state.
  ///
  /// - Parameters:
  ///   - command: how it is started.
  ///   - folder: where the contracts go.
  /// - Returns: the commands by the names that the model has in each state.
  /// - Throws: ``InteropError``; `JSONError`.
  package func commands(_ command: PeerCommand, in folder: String) throws -> [String: PeerCommand] {
    var states: [(peer: String, reads: [Int], writes: Int)] = [
      (Self.model, [proposal.base.version], proposal.base.version),
      ("\(Self.model)@next", [proposal.contract.version], proposal.contract.version),
    ]
    states += zip(phases, proposal.phases).flatMap { stage, phase in
      stage.peers.map { ($0, phase.reads, phase.writes) }
    }
    var commands: [String: PeerCommand] = [:]
    for (peer, reads, writes) in states {
      let path = folder / "\(peer).contract.json"
      // The older first: what can be read as either is what it always was.
      let file: JSON = [
        "writes": contract(writes).source, "reads": .array(reads.sorted().map { contract($0).source }),
      ]
      try Files.write(try file.indented(), to: path)
      commands[peer] = command.with([Self.variable: path])
    }
    return commands
  }

  /// The cells of a step.
  package func cells(from before: Stage, to after: Stage) -> [(cell: Cell, mixture: Mixture)] {
    var cells: [(cell: Cell, mixture: Mixture)] = []
    for earlier in before.peers {
      for later in after.peers {
        for mixture in Mixture.all {
          let combination = mixture.map { $0 ? later : earlier }
          for (scenario, payload) in Self.exchanges {
            let cell = Cell(combination: combination, scenario: scenario, payload: payload)
            if !cells.contains(where: { $0.cell == cell }) { cells.append((cell, mixture)) }
          }
        }
      }
    }
    return cells
  }

  /// What is exchanged in each mixture, so ordered that one that times out is followed by one that may not: after some in a
  /// row the rest of a mixture is left out. In `apart` requests and results wait, and who puts declares first; elsewhere
  /// servers and getters do.
  private static let exchanges: [(Scenario, String)] =
    payloads.flatMap { [(.apart, $0), (.echo, $0)] } + Scenario.ofProposals.map { ($0, "hello") }
}

extension Proposal.Phase {
  fileprivate var summary: String {
    "reads version \(reads.map(String.init).joined(separator: " and ")), writes version \(writes)"
  }
}
