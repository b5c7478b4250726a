internal import InteropModel

/// A mutation, planted on one peer in the company of others.
package struct Planting: Sendable {
  package let mutation: Mutation
  /// Whose defect it is.
  package let peer: String
  let cell: Cell

  /// `python server/queue.flags/not-durable`
  package var name: String { "\(peer) \(mutation.name)" }

  /// What came of it.
  package enum Outcome: Sendable {
    /// The check failed, and named the peer and the role.
    /// - Parameters:
    ///   - blamed: whom else checks blame: `getter: hash.consumed-queue`.
    ///   - alone: whether no other cause was found: without the check, the defect would not be.
    case caught(blamed: [String], alone: Bool = false)
    /// The check did not fail; what it said.
    case missed(String)
    /// There was nothing to plant it in: the peer does nothing of the kind.
    case inapplicable(String)
  }

  package struct Result: Sendable {
    package let planting: Planting
    package let outcome: Outcome
    package let milliseconds: Int

    /// Whether the check found it, and nobody else is blamed.
    package var isAttributed: Bool { if case .caught(let blamed, _) = outcome { blamed.isEmpty } else { false } }
    /// Whether nothing but the check found it.
    package var isFoundByItAlone: Bool { if case .caught(_, let alone) = outcome { alone } else { false } }
    package var isCaught: Bool { if case .caught = outcome { true } else { false } }
    package var isApplicable: Bool { if case .inapplicable = outcome { false } else { true } }
  }
}

extension Planting {
  /// Every mutation on every live peer that can play its role; those of recordings on every recording that does.
  ///
  /// - Parameters:
  ///   - mutations: what is to be planted.
  ///   - peers: the names of those that are live.
  ///   - recordings: one or more of each recorded peer.
  ///   - isListed: whether a check of a role fails in a cell in any case, as a listed divergence.
  /// - Returns: what is to be planted where; nothing where the check fails in any case.
  static func all(
    _ mutations: [Mutation], peers: [String], recordings: [RecordedConversation],
    isListed: (Cell, Mutation) -> Bool
  ) -> [Planting] {
    mutations.flatMap { mutation -> [Planting] in
      let plantings =
        switch mutation.defect {
        case .replay:
          recordings.filter { $0.roles.contains(mutation.role) }.map { recorded in
            Planting(
              mutation: mutation, peer: recorded.peer,
              cell: Cell(
                combination: recorded.combination, scenario: recorded.scenario,
                payload: RecordedConversation.payload, recording: recorded.name))
          }
        case .whole: [planting(mutation, on: Mutation.defectivePeer, beside: peers)]
        case .wire, .adapter, .record: peers.map { planting(mutation, on: $0, beside: peers) }
        }
      return plantings.filter { !isListed($0.cell, mutation) }
    }
  }

  private static func planting(_ mutation: Mutation, on peer: String, beside peers: [String]) -> Planting {
    // Others than the defective one, so that a wrong name would be noticed.
    let company =
      peers.first { $0 != peer && $0 == RecordedConversation.partner } ?? peers.first { $0 != peer } ?? peer
    var combination = Combination(putter: company, server: company, getter: company)
    combination[mutation.role] = peer
    return Planting(
      mutation: mutation, peer: peer,
      cell: Cell(combination: combination, scenario: mutation.scenario, payload: mutation.payload))
  }
}
