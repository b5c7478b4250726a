package import InteropJudge
internal import InteropSupport
internal import SyRPCWire

/// Differences of no consequence, those of a kind together.
package struct NoteList: Sendable {
  package struct Note: Hashable, Sendable {
    package let blame: Blame
    package let observed: String
    package var cells = 0
  }

  package let notes: [Note]

  package init(_ report: Report) {
    var counts: [Note: Int] = [:]
    var order: [Note] = []
    for finding in report.cells.flatMap(report.findings) where finding.verdict == .note {
      guard let blame = finding.blame else { continue }
      let note = Note(blame: blame, observed: finding.observed.shortened(to: 100))
      if counts[note] == nil { order.append(note) }
      counts[note, default: 0] += 1
    }
    notes = order.map { Note(blame: $0.blame, observed: $0.observed, cells: counts[$0] ?? 0) }
  }

  /// The notes of a check of a peer in a role.
  package struct Group: Sendable {
    package let blame: Blame
    package let cells: Int
    /// So many kinds are shown; ids and payloads make each cell's its own.
    package let shown: [String]
    /// How many kinds more there are.
    package let others: Int
  }

  package var groups: [Group] {
    Dictionary(grouping: notes.enumerated(), by: \.element.blame).sorted {
      ($0.value.first?.offset ?? 0) < ($1.value.first?.offset ?? 0)
    }.map { blame, notes in
      Group(
        blame: blame, cells: notes.map(\.element.cells).reduce(0, +),
        shown: notes.prefix(3).map(\.element.observed), others: max(0, notes.count - 3))
    }
  }

  /// For people.
  package var lines: [String] {
    groups.flatMap { group in
      ["\(group.cells)× \(group.blame.description.visible):"] + group.shown.map { "    \($0.visible)" }
        + (group.others > 0 ? ["    and \(group.others) others"] : [])
    }
  }
}

extension NoteList.Note: Encodable {
  private enum CodingKeys: String, CodingKey { case peer, role, check, observed, cells }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(blame.peer, forKey: .peer)
    try members.encode(blame.role, forKey: .role)
    try members.encode(blame.check, forKey: .check)
    try members.encode(observed, forKey: .observed)
    try members.encode(cells, forKey: .cells)
  }
}
