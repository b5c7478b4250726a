package import InteropModel
package import InteropSupport

/// What a checkout has that divergences can speak of. An entry for what does not exist would never be seen, and never be
/// missed.
package struct DivergenceNames: Sendable {
  let peers: [String]
  /// Each with the payloads that it is run with.
  let scenarios: [(name: String, payloads: [String])]
  let goldenSets: [String]

  /// - Throws: ``InteropError`` if a folder or a fixture cannot be read.
  package init(_ checkout: Checkout) throws(InteropError) {
    self.init(
      peers: try PeerName.all(in: checkout.peers),
      recorded: try RecordedConversation.scenarios(in: checkout.transcripts),
      corpus: try Corpus(folder: checkout.payloads), golden: try GoldenMessages(folder: checkout.messages))
  }

  /// - Parameters:
  ///   - peers: the names of the peers, without versions.
  ///   - recorded: the names of the scenarios of recordings.
  ///   - corpus: the payloads.
  ///   - golden: the golden messages.
  init(peers: [String], recorded: [String], corpus: Corpus, golden: GoldenMessages) {
    self.peers = peers
    scenarios =
      Scenario.all.map { ($0.name, $0.payloads ?? corpus.payloads.map(\.name)) }
      + recorded.map { ($0, [RecordedConversation.payload]) }
    goldenSets = golden.sets
  }

  /// What entries name that does not exist, a line each.
  package func problems(in divergences: [Divergence]) -> [String] { divergences.flatMap(problems) }

  /// - Throws: ``InteropError`` that says all of it.
  package func check(_ divergences: [Divergence]) throws(InteropError) {
    let problems = problems(in: divergences)
    guard problems.isEmpty else { throw InteropError(problems.joined(separator: "\n")) }
  }

  private func problems(_ divergence: Divergence) -> [String] {
    var problems: [String] = []
    func look(_ key: String, _ pattern: Glob, _ what: String, among names: [String]) {
      guard !names.contains(where: pattern.matches) else { return }
      problems.append(
        "\(divergence.place): \"\(key)\" is \"\(pattern)\", and there is no such \(what); "
          + Spelling.hint(pattern.pattern, among: names))
    }
    look("peer", Glob(divergence.peer), "peer", among: peers)
    for role in Role.allCases {
      for pattern in divergence.company[role] { look(role.rawValue, pattern, "peer", among: peers) }
    }
    for peer in divergence.runtimes.keys.sorted() { look("runtimes", Glob(peer), "peer", among: peers) }
    if let set = divergence.golden { look("golden", Glob(set), "set of golden messages", among: goldenSets) }
    look("scenario", divergence.scenario, "scenario", among: scenarios.map(\.name))
    let meant = scenarios.filter { divergence.scenario.matches($0.name) }
    guard !meant.isEmpty else { return problems }
    let scope = divergence.scenario.pattern == "*" ? "" : " of the scenario \(divergence.scenario)"
    for pattern in divergence.payloads {
      look("payloads", pattern, "payload\(scope)", among: meant.flatMap(\.payloads).uniqued())
    }
    return problems
  }
}
