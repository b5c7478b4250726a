package import InteropJudge
internal import InteropSupport
package import SyRPCWire

/// Differences of no consequence, those of a kind together.
package struct NoteList: Sendable {
  package struct Note: Hashable, Sendable {
    package let blame: Blame
    package let observed: String
    package var cells = 0
  }

  package let notes: [Note]

  package init(_ results: [CellResult]) {
    var counts: [Note: Int] = [:]
    var order: [Note] = []
    for finding in results.flatMap(\.findings) where finding.verdict == .note {
      guard let blame = finding.blame else { continue }
      let note = Note(blame: blame, observed: finding.observed.shortened(to: 100))
      if counts[note] == nil { order.append(note) }
      counts[note, default: 0] += 1
    }
    notes = order.map { Note(blame: $0.blame, observed: $0.observed, cells: counts[$0] ?? 0) }
  }

  /// So many kinds of a check of a peer are shown; ids and payloads make each cell's its own.
  private static let shown = 3

  /// For people.
  package var lines: [String] {
    Dictionary(grouping: notes.enumerated(), by: \.element.blame).sorted {
      ($0.value.first?.offset ?? 0) < ($1.value.first?.offset ?? 0)
    }.flatMap { blame, notes in
      let cells = notes.map(\.element.cells).reduce(0, +)
      let more = notes.count > Self.shown ? ["    and \(notes.count - Self.shown) others"] : []
      return ["\(cells)× \(blame):"] + notes.prefix(Self.shown).map { "    \($0.element.observed)" } + more
    }
  }
}

extension NoteList.Note {
  package var json: JSON {
    var members = blame.json.objectValue ?? [:]
    members["observed"] = .string(observed)
    members["cells"] = .integer(Int64(cells))
    return .object(members)
  }
}
