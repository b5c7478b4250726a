package import InteropModel

/// What a run has judged: how often each check was judged, and how often it had nothing to judge, for each peer in each role.
///
/// Cells that were skipped, and those that a recording plays, do not count.
package struct Coverage: Sendable, Equatable {
  /// A check of a role.
  package struct Key: Hashable, Sendable, Comparable {
    package let check: String
    package let role: Role

    package init(check: String, role: Role) {
      self.check = check
      self.role = role
    }

    package static func < (left: Key, right: Key) -> Bool { (left.check, left.role) < (right.check, right.role) }
  }

  /// How often.
  package struct Count: Hashable, Sendable {
    package var judged = 0
    package var skipped = 0
  }

  /// By the peer's name, without a version, and the scenario's.
  package private(set) var counts: [Key: [String: [String: Count]]] = [:]

  package init(_ results: [CellResult]) {
    for result in results where result.skipReason == nil && result.cell.recording == nil {
      for finding in result.findings {
        guard let role = finding.role, let peer = finding.peer else { continue }
        let isSkipped = finding.verdict == .skipped
        counts[
          Key(check: finding.check, role: role), default: [:]
        ][PeerName.base(of: peer), default: [:]][result.cell.scenario.name, default: Count()]
        .add(Count(judged: isSkipped ? 0 : 1, skipped: isSkipped ? 1 : 0))
      }
    }
  }

  /// The peers that were live.
  package var peers: [String] { Set(counts.values.flatMap(\.keys)).sorted() }

  /// Of all scenarios together.
  package func total(_ key: Key, of peer: String) -> Count {
    (counts[key]?[peer] ?? [:]).values.reduce(into: Count()) { $0.add($1) }
  }
}

extension Coverage.Count {
  fileprivate mutating func add(_ other: Self) {
    judged += other.judged
    skipped += other.skipped
  }
}
