package import InteropModel

/// Which of two states each role is in: false for the earlier one.
package typealias Mixture = PerRole<Bool>

extension PerRole<Bool> {
  /// All eight: nobody upgraded first, everybody last.
  package static let all: [Mixture] = (0..<8).map { number in
    PerRole(putter: number & 1 != 0, server: number & 2 != 0, getter: number & 4 != 0)
  }

  package var isMixed: Bool { self != Self.all[0] && self != Self.all[7] }

  /// `old-new-old`: putter, server, getter.
  package func shown(_ before: String = "old", _ after: String = "new") -> String {
    Role.allCases.map { self[$0] ? after : before }.joined(separator: "-")
  }
}

/// What is known of a mixture.
package enum Truth: String, Sendable, Codable {
  case works, fails
  /// It was not run, or not to its end.
  case unknown
}

/// Which mixtures of two states work.
package struct TruthTable: Sendable, Hashable {
  private var truths: [Mixture: Truth] = [:]

  package init() {}

  /// - Parameter working: the mixtures that work; all others fail.
  package init(working: Set<Mixture>) {
    for mixture in Mixture.all { truths[mixture] = working.contains(mixture) ? .works : .fails }
  }

  package subscript(mixture: Mixture) -> Truth {
    get { truths[mixture] ?? .unknown }
    set { truths[mixture] = newValue }
  }
}

/// One way from a state to the next: each step upgrades some roles, those of the steps before stay upgraded.
package struct UpgradePath: Sendable, Hashable {
  package let steps: [Set<Role>]

  /// Whoever puts requests gets results as well, as a rule: both are clients.
  package static let anyOrder = UpgradePath(steps: [Set(Role.allCases)])
  package static let serversFirst = UpgradePath(steps: [[.server], [.putter, .getter]])
  package static let clientsFirst = UpgradePath(steps: [[.putter, .getter], [.server]])

  /// Orders of roles of which putters and getters are deployed apart.
  package static let apart: [UpgradePath] = Role.allCases.flatMap { first in
    Role.allCases.filter { $0 != first }.map { second in
      UpgradePath(steps: [[first], [second], Set(Role.allCases).subtracting([first, second])])
    }
  }

  /// The mixtures that there are on the way: in a step, of those whom it upgrades, some are and some are not.
  package var mixtures: Set<Mixture> {
    var met: Set<Mixture> = []
    var done: Set<Role> = []
    for step in steps {
      for mixture in Mixture.all
      where Role.allCases.allSatisfy({ step.contains($0) || mixture[$0] == done.contains($0) }) {
        met.insert(mixture)
      }
      done.formUnion(step)
    }
    return met
  }

  /// Whether everything that there is on the way works.
  package func truth(_ table: TruthTable) -> Truth {
    let truths = mixtures.map { table[$0] }
    if truths.contains(.fails) { return .fails }
    return truths.contains(.unknown) ? .unknown : .works
  }
}

extension TruthTable {
  /// The order of upgrading servers and clients in which everything on the way works; nil if there is none, or if that is not
  /// known.
  package var order: RolloutOrder? {
    let orders: [(RolloutOrder, UpgradePath)] = [
      (.anyOrder, .anyOrder), (.serversFirst, .serversFirst), (.clientsFirst, .clientsFirst),
    ]
    return orders.first { $0.1.truth(self) == .works }?.0
  }

  /// Whether what was not run could make an order work.
  package var isUndecided: Bool {
    order == nil
      && [UpgradePath.anyOrder, .serversFirst, .clientsFirst].contains { $0.truth(self) == .unknown }
  }

  /// The first order that works where putters, servers and getters are all deployed apart; nil if there is none.
  package var orderOfRoles: [Role]? {
    UpgradePath.apart.first { $0.truth(self) == .works }?.steps.compactMap(\.first)
  }
}
