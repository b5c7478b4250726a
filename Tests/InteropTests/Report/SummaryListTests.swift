import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner

/// What is shown at the end of a run.
@Suite struct SummaryListTests {
  private func result(_ number: Int, _ findings: [Finding]) -> CellResult {
    var result = CellResult(
      cell: Cell(
        combination: Combination(putter: "a", server: "b", getter: "c"), scenario: .echo, payload: "p\(number)"),
      findings: findings)
    result.repeatCommand = Repetition().command(result.cell)
    return result
  }

  private func finding(
    _ check: String, _ level: Level, _ role: Role, _ peer: String, _ verdict: Verdict, _ observed: String = "x"
  ) -> Finding {
    Finding(
      check: check, level: level, role: role, peer: peer, verdict: verdict, expected: "y", observed: observed,
      divergence: nil)
  }

  @Test func whoeverCausedMostComesFirst() {
    let list = BlameList(
      [result(1, [finding("json.keys", .required, .putter, "a", .fail)])]
        + (2...4).map { result($0, [finding("hash.routing-key", .required, .server, "b", .fail)]) })
    #expect(list.entries.map(\.cells) == [3, 1])
    #expect(list.lines[0] == "3 cells: b as server, hash.routing-key (required)")
    #expect(list.lines[1].contains("--payload p2"), "the first cell of these is what is repeated")
    #expect(list.lines[2] == "1 cell: a as putter, json.keys (required)")
  }

  @Test func qualityDoesNotColourConformance() {
    let known = result(
      1,
      [
        finding("publish.mandatory", .recommended, .putter, "a", .known),
        finding("hash.routing-key", .required, .server, "b", .pass),
      ])
    #expect(known.conformance == .pass && known.verdict == .known)
    let table = QualityTable([known, known])
    #expect(table.summary == "0 of 2 recommended checks held, 2 known")
    #expect(table.text.contains("0 of 2"))
    let failing = QualityTable([result(1, [finding("publish.mandatory", .recommended, .putter, "a", .fail)])])
    #expect(failing.text.contains("0 of 1 FAIL"))
  }

  @Test func notesOfAKindStandTogether() {
    let notes = NoteList(
      (1...9).map { result($0, [finding("properties.priority", .informational, .putter, "a", .note, "\($0 % 5)")]) })
    #expect(notes.lines.first == "9× a as putter, properties.priority:")
    #expect(notes.lines.count == 5 && notes.lines.last == "    and 2 others")
    #expect(notes.notes.map(\.cells).reduce(0, +) == 9)
  }
}
