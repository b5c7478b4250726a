package import InteropJudge
internal import InteropSupport
internal import SyRPCWire

/// Who is to blame for what is not as expected, over all cells: whoever caused most comes first.
package struct BlameList: Sendable {
  package struct Entry: Sendable, Hashable {
    /// Nil where no frame explains what became of the call.
    package let blame: Blame?
    package let level: Level?
    package let cells: Int
    /// The first of these cells.
    package let example: Report.Cell
    /// What was found in it.
    package let finding: Report.Finding?
  }

  package let entries: [Entry]

  package init(_ report: Report) {
    var cells: [Blame?: [Report.Cell]] = [:]
    var order: [Blame?] = []
    for cell in report.cells {
      // A peer that breaks the same check in several roles of a cell is named for each.
      for blame in cell.causes.uniqued() {
        if cells[blame] == nil { order.append(blame) }
        cells[blame, default: []].append(cell)
      }
    }
    entries = order.compactMap { blame in
      guard let all = cells[blame], let example = all.first else { return nil }
      let finding = blame.flatMap { blame in report.findings(of: example).first { $0.blame == blame } }
      return Entry(blame: blame, level: finding?.level, cells: all.count, example: example, finding: finding)
    }.enumerated().sorted { ($0.element.cells, $1.offset) > ($1.element.cells, $0.offset) }.map(\.element)
  }

  /// For people: two lines an entry.
  package var lines: [String] {
    entries.flatMap { entry in
      ["\(entry.cells.counted("cell")): \(entry.who)", "    repeat: \(entry.example.repeatCommand.visible)"]
    }
  }
}

extension BlameList.Entry {
  /// For people: who, and what.
  package var who: String {
    guard let blame else { return "nobody's frames explain it: a problem of the harness" }
    return "\(blame.description.visible) (\(level?.rawValue ?? ""))"
  }
}

extension BlameList.Entry: Encodable {
  private enum CodingKeys: String, CodingKey {
    case peer, role, check, level, cells, expected, observed
    case repeatCommand = "repeat"
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encodeIfPresent(blame?.peer, forKey: .peer)
    try members.encodeIfPresent(blame?.role, forKey: .role)
    try members.encodeIfPresent(blame?.check, forKey: .check)
    try members.encodeIfPresent(level, forKey: .level)
    try members.encode(cells, forKey: .cells)
    try members.encodeIfPresent(finding?.expected, forKey: .expected)
    try members.encodeIfPresent(finding?.observed, forKey: .observed)
    try members.encode(example.repeatCommand, forKey: .repeatCommand)
  }
}

extension Report.Cell {
  /// What it is blamed on; nil in it if nobody's frames explain it.
  package var causes: [Blame?] { isUnexplained ? [nil] : blame.map(Optional.some) }
}
