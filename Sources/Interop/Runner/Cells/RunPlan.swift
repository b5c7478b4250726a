internal import InteropJudge
package import InteropModel
package import InteropSupport

/// Which cells a run has.
package struct RunPlan: Sendable {
  package let cells: [Cell]
  package let corpus: Corpus
  package let contract: Contract
  /// What peers are held to that claim to keep to another contract, by their names.
  package private(set) var contracts: [String: Contract] = [:]
  /// The recordings that cells replay, by their files' names.
  package let recordings: [String: RecordedConversation]

  /// What is selected; an empty list means all.
  package struct Selection: Sendable {
    package var peers: [Glob] = []
    package var putters: [Glob] = []
    package var servers: [Glob] = []
    package var getters: [Glob] = []
    /// Peers of which each cell has to have one, in whatever role.
    package var touching: [Glob] = []
    package var scenarios: [Glob] = []
    package var payloads: [Glob] = []
    package var checks: [Glob] = []

    package init() {}

    /// Whether it leaves nothing out.
    package var isEmpty: Bool {
      [peers, putters, servers, getters, touching, scenarios, payloads, checks].allSatisfy(\.isEmpty)
    }
  }

  /// Every combination of the peers, in every scenario, with every payload that it has; and every recording.
  ///
  /// - Parameters:
  ///   - peers: the names of the peers that can run.
  ///   - recordings: of the peers that cannot; each is played against the live implementation.
  ///   - selection: what to keep.
  ///   - corpus: the payloads.
  ///   - contract: what the peers are held to.
  /// - Throws: ``InteropError`` that names a pattern that matches nothing, or says that nothing is left.
  package init(
    peers: [String], recordings: [RecordedConversation] = [], selection: Selection, corpus: Corpus, contract: Contract
  ) throws(InteropError) {
    self.corpus = corpus
    self.contract = contract
    self.recordings = Dictionary(recordings.map { ($0.name, $0) }) { first, _ in first }
    let names = peers + recordings.map(\.peer).uniqued()
    let putters = try select("--putter", selection.putters, from: names, by: PeerName.forms)
    let servers = try select("--server", selection.servers, from: names, by: PeerName.forms)
    let getters = try select("--getter", selection.getters, from: names, by: PeerName.forms)
    let touching = Set(try select("--touching", selection.touching, from: names, by: PeerName.forms))
    let all = (Scenario.all + recordings.map(\.scenario)).map(\.name).uniqued()
    let scenarios = try select("--scenario", selection.scenarios, from: all)
    let corpusNames = corpus.payloads.map(\.name)
    let payloads = try select(
      "--payload", selection.payloads, from: corpusNames + (recordings.isEmpty ? [] : [RecordedConversation.payload]))
    _ = try select("--check", selection.checks, from: Judge.checkIDs)

    /// Who plays a role in which it makes no difference.
    func stand(_ role: Role) -> String? {
      let possible = PerRole(putter: putters, server: servers, getter: getters)[role].filter(peers.contains)
      return possible.contains(Combination.stand) ? Combination.stand : possible.first
    }

    var cells: [Cell] = []
    for putter in putters where peers.contains(putter) {
      for server in servers where peers.contains(server) {
        for getter in getters where peers.contains(getter) {
          let combination = Combination(putter: putter, server: server, getter: getter)
          for scenario in Scenario.all where scenarios.contains(scenario.name) {
            guard
              Role.allCases.allSatisfy({ role in
                scenario.varied.contains(role) || combination[role] == stand(role)
              })
            else { continue }
            for payload in payloads where scenario.payloads?.contains(payload) ?? corpusNames.contains(payload) {
              cells.append(Cell(combination: combination, scenario: scenario, payload: payload))
            }
          }
        }
      }
    }
    if peers.contains(RecordedConversation.partner), payloads.contains(RecordedConversation.payload) {
      for recorded in recordings where scenarios.contains(recorded.scenario.name) {
        let combination = recorded.combination
        guard putters.contains(combination.putter), servers.contains(combination.server),
          getters.contains(combination.getter)
        else { continue }
        cells.append(
          Cell(
            combination: combination, scenario: recorded.scenario, payload: RecordedConversation.payload,
            recording: recorded.name))
      }
    }
    cells.removeAll { cell in !Role.allCases.contains { touching.contains(cell.combination[$0]) } }
    guard !cells.isEmpty else { throw InteropError("the selection leaves no cell to run") }
    self.cells = cells
  }
}

extension RunPlan {
  /// What each role asks of an adapter.
  private static let needed: PerRole<String> = PerRole(putter: "put_request", server: "serve", getter: "get_result")

  /// The plan without the cells that ask of a peer what it cannot do, or that nobody in them would make any different.
  ///
  /// - Parameter features: what each peer can do, by its name; those that are not named can do all.
  /// - Returns: the plan that is left.
  /// - Throws: ``InteropError`` if that leaves nothing.
  package func restricted(to features: [String: [String]]) throws(InteropError) -> RunPlan {
    let possible = cells.filter { cell in
      Role.allCases.allSatisfy { features[cell.combination[$0]]?.contains(Self.needed[$0]) ?? true }
        && cell.scenario.isMeant(for: cell.combination.map { features[$0] })
    }
    guard !possible.isEmpty else { throw InteropError("no peer of the selection can do what its role asks of it") }
    return RunPlan(possible, of: self)
  }

  /// Those who play any role.
  package var peers: Set<String> { Set(cells.flatMap { cell in Role.allCases.map { cell.combination[$0] } }) }

  /// The plan without the scenarios that need a broker of the run's own; nil if that leaves nothing.
  package var onForeignBroker: RunPlan? {
    let possible = cells.filter { !$0.scenario.needsOwnBroker }
    return possible.isEmpty ? nil : RunPlan(possible, of: self)
  }

  init(_ cells: [Cell], of plan: RunPlan) {
    self.cells = cells
    corpus = plan.corpus
    contract = plan.contract
    contracts = plan.contracts
    recordings = plan.recordings
  }

  /// These cells and no others.
  ///
  /// - Parameters:
  ///   - cells: what is run; none of them replays a recording.
  ///   - corpus: the payloads.
  ///   - contract: what peers are held to.
  ///   - contracts: the same of those that claim to keep to another one, by their names.
  package init(_ cells: [Cell], corpus: Corpus, contract: Contract, contracts: [String: Contract]) {
    self.cells = cells
    self.corpus = corpus
    self.contract = contract
    self.contracts = contracts
    recordings = [:]
  }

  /// The same plan with only these of its cells.
  package func keeping(_ kept: [Cell]) -> RunPlan { RunPlan(cells.filter(kept.contains), of: self) }

  /// The same plan with peers that claim to keep to other contracts.
  package func claiming(_ contracts: [String: Contract]) -> RunPlan {
    var plan = self
    plan.contracts = contracts
    return plan
  }
}

/// The names that a list of patterns selects; all if there is none.
///
/// - Parameters:
///   - option: what the patterns were given as.
///   - patterns: what to select.
///   - names: from what.
///   - forms: what a name goes by; itself, as a rule.
/// - Returns: the names, in their order.
/// - Throws: ``InteropError`` that names a pattern that matches nothing.
package func select(
  _ option: String, _ patterns: [Glob], from names: [String], by forms: (String) -> [String] = { [$0] }
) throws(InteropError) -> [String] {
  func isMeant(_ name: String, by pattern: Glob) -> Bool { forms(name).contains { pattern.matches($0) } }
  for pattern in patterns where !names.contains(where: { isMeant($0, by: pattern) }) {
    throw InteropError("\(option) \(pattern) matches nothing; \(Spelling.hint(pattern.pattern, among: names))")
  }
  return patterns.isEmpty ? names : names.filter { name in patterns.contains { isMeant(name, by: $0) } }
}
