/// Which cells a run has.
package struct RunPlan: Sendable {
  package let cells: [Cell]
  package let corpus: Corpus
  package let contract: Contract

  /// What is selected; an empty list means all.
  package struct Selection: Sendable {
    package var peers: [Glob] = []
    package var putters: [Glob] = []
    package var servers: [Glob] = []
    package var getters: [Glob] = []
    package var scenarios: [Glob] = []
    package var payloads: [Glob] = []
    package var checks: [Glob] = []

    package init() {}
  }

  /// Every combination of the peers, in every scenario, with every payload that it has.
  ///
  /// - Parameters:
  ///   - peers: the names of the peers that can run.
  ///   - selection: what to keep.
  ///   - corpus: the payloads.
  ///   - contract: what the peers are held to.
  /// - Throws: ``InteropError`` that names a pattern that matches nothing, or says that nothing is left.
  package init(peers: [String], selection: Selection, corpus: Corpus, contract: Contract) throws(InteropError) {
    self.corpus = corpus
    self.contract = contract
    let putters = try select("--putter", selection.putters, from: peers)
    let servers = try select("--server", selection.servers, from: peers)
    let getters = try select("--getter", selection.getters, from: peers)
    let scenarios = try select("--scenario", selection.scenarios, from: Scenario.all.map(\.name))
    let payloads = try select("--payload", selection.payloads, from: corpus.payloads.map(\.name))
    _ = try select("--check", selection.checks, from: Judge.checkIDs)

    var cells: [Cell] = []
    for putter in putters {
      for server in servers {
        for getter in getters {
          let combination = Combination(putter: putter, server: server, getter: getter)
          for scenario in Scenario.all where scenarios.contains(scenario.name) {
            for payload in payloads where scenario.payloads?.contains(payload) ?? true {
              cells.append(Cell(combination: combination, scenario: scenario, payload: payload))
            }
          }
        }
      }
    }
    guard !cells.isEmpty else { throw InteropError("the selection leaves no cell to run") }
    self.cells = cells
  }
}

/// The names that a list of patterns selects; all if there is none.
///
/// - Throws: ``InteropError`` that names a pattern that matches nothing.
package func select(_ option: String, _ patterns: [Glob], from names: [String]) throws(InteropError) -> [String] {
  for pattern in patterns where !names.contains(where: pattern.matches) {
    throw InteropError("\(option) \(pattern) matches nothing; there is \(names.joined(separator: ", "))")
  }
  return patterns.isEmpty ? names : names.filter { name in patterns.contains { $0.matches(name) } }
}
