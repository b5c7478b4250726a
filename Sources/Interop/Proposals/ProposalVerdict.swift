package import InteropModel

/// What the cells say of a proposal.
package struct ProposalVerdict: Sendable {
  package let proposal: Proposal
  /// From the contract in force to the proposed one, at once.
  package let direct: StepResult?
  /// Through the phases, as far as they were run.
  package let phased: [StepResult]
  /// Whether the phases were run to their end.
  package let isPhasedWhole: Bool
  /// Who did not take part: of these the verdict says nothing.
  package var absent: [Absence] = []

  /// A peer that is not live.
  package struct Absence: Sendable, Hashable {
    package let peer: String
    package let reason: String

    package init(peer: String, reason: String) {
      self.peer = peer
      self.reason = reason
    }
  }

  package init(_ proposal: Proposal, direct: StepResult?, phased: [StepResult] = [], isPhasedWhole: Bool = false) {
    self.proposal = proposal
    self.direct = direct
    self.phased = phased
    self.isPhasedWhole = isPhasedWhole
  }

  /// All steps that were run.
  package var steps: [StepResult] { (direct.map { [$0] } ?? []) + phased }

  /// Whether new peers work among themselves: otherwise there is nothing to roll out.
  package var isWorkable: Truth { direct?.table[Mixture.all[7]] ?? .unknown }

  /// The order in which it can be deployed; nil if the cells do not tell.
  package var order: RolloutOrder? {
    guard let direct, isWorkable == .works else { return nil }
    if let order = direct.order { return order }
    if isPhasedWhole, phased.allSatisfy({ $0.order != nil }) { return .readersBeforeWriters }
    guard !direct.table.isUndecided, phased.contains(where: { $0.order == nil && !$0.table.isUndecided }) else {
      return nil
    }
    return .newAppName
  }

  /// Whether it is as the proposal expects, or can be rolled out if that expects nothing.
  package var isAsExpected: Bool {
    if let expected = proposal.expects { return order == expected }
    return order != nil
  }

  /// The plan, a sentence each.
  package var plan: [String] {
    switch order {
    case .anyOrder?: ["upgrade servers and clients, in any order"]
    case .serversFirst?: ["upgrade all servers", "then upgrade all clients"]
    case .clientsFirst?: ["upgrade all clients", "then upgrade all servers"]
    case .readersBeforeWriters?:
      phased.map { step in
        let whom = step.order.map(\.whom) ?? ""
        return "upgrade everybody to \(step.after.name) (\(step.after.about))\(whom)"
      }
    case .newAppName?:
      [
        "start new servers under a new app name, beside the old ones",
        "upgrade all clients, which use the new app name",
        "stop the old servers when the old request queue is empty and all results are got",
      ]
    case nil: []
    }
  }
}

extension RolloutOrder {
  /// Who comes first in a step.
  fileprivate var whom: String {
    switch self {
    case .anyOrder: ", in any order"
    case .serversFirst: ", servers first"
    case .clientsFirst: ", clients first"
    case .readersBeforeWriters, .newAppName: ""
    }
  }
}
