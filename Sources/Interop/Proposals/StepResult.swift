package import InteropModel

/// A step of a rollout from one state to the next, as its cells show it.
package struct StepResult: Sendable {
  package let before: Stage
  package let after: Stage
  package let cells: [MixedCell]

  /// Cells of peers that fail by themselves, before anything is changed, show nothing of the change.
  package let counting: [MixedCell]

  package init(before: Stage, after: Stage, cells: [MixedCell]) {
    self.before = before
    self.after = after
    self.cells = cells
    let broken = Set(
      cells.filter { $0.mixture == Mixture.all[0] && $0.truth == .fails }
        .map { Baseline(peer: $0.cell.combination.putter, scenario: $0.cell.scenario.name, payload: $0.cell.payload) })
    let counting = cells.filter { cell in
      !Role.allCases.contains { role in
        !cell.mixture[role]
          && broken.contains(
            Baseline(
              peer: cell.cell.combination[role], scenario: cell.cell.scenario.name, payload: cell.cell.payload))
      }
    }
    self.counting = counting
    failing = Set(broken.map(\.peer)).sorted().map { peer in
      Failing(
        peer: peer,
        isLeftOut: !counting.contains { cell in
          Role.allCases.contains { !cell.mixture[$0] && cell.cell.combination[$0] == peer }
        })
    }
  }

  private struct Baseline: Hashable {
    let peer: String
    let scenario: String
    let payload: String
  }

  /// How many cells show nothing, as a peer fails without any change.
  package var disregarded: Int { cells.count - counting.count }
  /// The peers that fail so, each with whether anything else tells of it.
  package let failing: [Failing]

  /// A peer that fails without any change.
  package struct Failing: Sendable, Hashable {
    package let peer: String
    /// Whether all of its cells show nothing.
    package let isLeftOut: Bool
  }

  package var table: TruthTable {
    var table = TruthTable()
    for mixture in Mixture.all {
      let truths = counting.filter { $0.mixture == mixture }.map(\.truth)
      table[mixture] =
        truths.contains(.fails) ? .fails : truths.isEmpty || truths.contains(.unknown) ? .unknown : .works
    }
    return table
  }

  package var order: RolloutOrder? { table.order }

  /// Old servers read the requests of new putters (forward), and new servers those of old ones (backward).
  package var requests: Compatibility { compatibility(.putter, .server, \.request) }
  package var results: Compatibility { compatibility(.server, .getter, \.result) }

  private func compatibility(
    _ writer: Role, _ reader: Role, _ passage: (Passages) -> Passage
  ) -> Compatibility {
    func reads(writerIsNew: Bool) -> Bool? {
      let met = counting.filter { $0.mixture[writer] == writerIsNew && $0.mixture[reader] != writerIsNew }
        .compactMap { $0.passages.map(passage) }
      if met.contains(.unread) { return false }
      return met.contains(.read) ? true : nil
    }
    return Compatibility(backward: reads(writerIsNew: false), forward: reads(writerIsNew: true))
  }

  /// Whether old and new find each other, and may declare after each other.
  package var topology: Compatibility {
    var (backward, forward) = (true, true)
    var isSeen = false
    for cell in counting where cell.mixture.isMixed {
      guard let passages = cell.passages else { continue }
      isSeen = true
      for (role, _) in passages.exceptions {
        if cell.mixture[role] { backward = false } else { forward = false }
      }
      if passages.request == .misplaced || passages.result == .misplaced { (backward, forward) = (false, false) }
    }
    return isSeen ? Compatibility(backward: backward, forward: forward) : .unknown
  }
}

/// A state in which peers are deployed.
package struct Stage: Sendable, Hashable {
  /// `old`, the name of a phase, or `new`.
  package let name: String
  package let about: String
  /// The peers that are in it.
  package let peers: [String]

  package init(name: String, about: String, peers: [String]) {
    self.name = name
    self.about = about
    self.peers = peers
  }
}
