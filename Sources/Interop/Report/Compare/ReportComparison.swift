internal import InteropJudge
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What is different in a run from an earlier one. Times, ids and the names of applications are not: they are each run's own.
package struct ReportComparison: Sendable {
  package let old: Report
  package let new: Report
  /// What is not as expected and was, in cells that both runs have.
  package let newlyFailing: [CauseGroup]
  /// What was not as expected and is.
  package let newlyPassing: [CauseGroup]
  /// What is wrong with the new run as such, and was not with the old one.
  package let newTroubles: [RunSummary.Trouble]
  package let newCells: [Report.Cell]
  /// What the new run should have had; nothing if it is a selection or a shard.
  package let lostCells: [Report.Cell]
  /// How many cells of the old run the new one was not to have.
  package let unselected: Int
  package let newNotes: [NoteList.Note]
  package let messages: [MessageChange]
  package let facts: [FactChange]

  /// Cells that have something in common.
  package struct CauseGroup: Sendable {
    /// For people: who is to blame, and for what.
    package let cause: String
    /// What was found in the first of them.
    package let finding: Report.Finding?
    package let cells: [Report.Cell]
  }

  package init(_ old: Report, _ new: Report) {
    self.old = old
    self.new = new
    let before = CellTable(old)
    let after = CellTable(new)
    newlyFailing = after.causes(notIn: before)
    newlyPassing = before.causes(notIn: after)
    newCells = after.cells(notIn: before)
    let gone = before.cells(notIn: after)
    let isWhole = new.run.isWhole && new.shard == nil
    lostCells = isWhole ? gone : []
    unselected = isWhole ? 0 : gone.count
    // Cells that were not run are among those that fail.
    func troubles(_ report: Report) -> [RunSummary.Trouble] {
      RunSummary(report).troubles.filter { $0.title != RunSummary.skippedTitle }
    }
    let known = Set(troubles(old).map { OwnNames.masked($0.text) })
    newTroubles = troubles(new).filter { !known.contains(OwnNames.masked($0.text)) }
    func key(_ note: NoteList.Note) -> [String] { [note.blame.description, OwnNames.masked(note.observed)] }
    let noted = Set(NoteList(old).notes.map(key))
    newNotes = NoteList(new).notes.filter { !noted.contains(key($0)) }
    messages = MessageChange.between(old, new)
    facts = FactChange.between(old.facts, new.facts)
  }

  /// Whether anything got worse: something fails that did not, or is not tried any more.
  package var isWorse: Bool { !newlyFailing.isEmpty || !newTroubles.isEmpty || !lostCells.isEmpty }

  /// Whether nothing differs.
  package var isSame: Bool {
    !isWorse && newlyPassing.isEmpty && newCells.isEmpty && newNotes.isEmpty && messages.isEmpty && facts.isEmpty
  }

  /// What it comes to, in words.
  package var headline: String {
    isSame ? "no difference but times" : isWorse ? "something got worse" : "nothing got worse"
  }
}

/// The cells of a report by what they are.
private struct CellTable {
  private let report: Report
  private let places: [Key: Int]

  private struct Key: Hashable {
    let name: String
    let recording: String?

    init(_ cell: Report.Cell) { (name, recording) = (cell.name, cell.recording) }
  }

  init(_ report: Report) {
    self.report = report
    places = Dictionary(report.cells.enumerated().map { (Key($1), $0) }) { first, _ in first }
  }

  private func same(_ cell: Report.Cell) -> Report.Cell? { places[Key(cell)].map { report.cells[$0] } }

  func cells(notIn other: CellTable) -> [Report.Cell] { report.cells.filter { other.same($0) == nil } }

  /// Why cells that the other report has too are not as expected, where they are there or for another reason.
  func causes(notIn other: CellTable) -> [ReportComparison.CauseGroup] {
    var groups: [(cause: String, finding: Report.Finding?, cells: [Report.Cell])] = []
    var known: [String: Int] = [:]
    for cell in report.cells {
      guard let twin = other.same(cell) else { continue }
      let there = Set(other.causes(of: twin).map(\.cause))
      for (cause, finding) in causes(of: cell) where !there.contains(cause) {
        let place = known[cause] ?? groups.count
        if place == groups.count {
          known[cause] = place
          groups.append((cause, finding, []))
        }
        groups[place].cells.append(cell)
      }
    }
    return groups.enumerated().sorted { ($0.element.cells.count, $1.offset) > ($1.element.cells.count, $0.offset) }
      .map {
        ReportComparison.CauseGroup(cause: $0.element.cause, finding: $0.element.finding, cells: $0.element.cells)
      }
  }

  /// Why a cell is not as expected.
  private func causes(of cell: Report.Cell) -> [(cause: String, finding: Report.Finding?)] {
    guard cell.verdict != .skipped else { return [("not run", nil)] }
    guard !cell.isUnexplained else { return [("nobody's frames explain it: a problem of the harness", nil)] }
    let found = report.findings(of: cell).filter(\.verdict.isUnexpected)
    let causes = found.filter { finding in
      finding.verdict == .unexpectedPass || finding.blame.map(cell.blame.contains) ?? false
    }
    // Where the check of the cause was not made, all that is left is who was affected.
    return (causes.isEmpty ? found : causes).map { finding in
      let verdict = finding.verdict == .fail ? "" : ": \(finding.verdict.rawValue)"
      let who = finding.blame?.description ?? finding.check
      return ("\(who) (\(finding.level.rawValue))\(verdict)".visible, finding)
    }
  }
}

/// What only one run has: result ids, and the names of applications.
private enum OwnNames {
  static func masked(_ text: String) -> String {
    text.replacing(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(interop|self-test)-[a-z0-9]+-[0-9]+/, with: "…")
  }
}
