import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner
@testable import InteropSupport

/// What is shown at the end of a run.
@Suite struct SummaryListTests {
  private func report(_ findings: Finding...) -> Report {
    Sample.report(
      findings.enumerated().map { number, finding in
        Sample.cell(Sample.abc, "p\(number + 1)", finding)
      })
  }

  @Test func whoeverCausedMostComesFirst() {
    let hash = Sample.finding("hash.routing-key", .required, .server, "b", .fail)
    let list = BlameList(report(Sample.finding("json.keys", .required, .putter, "a", .fail), hash, hash, hash))
    #expect(list.entries.map(\.cells) == [3, 1])
    #expect(list.lines[0] == "3 cells: b as server, hash.routing-key (required)")
    #expect(list.lines[1].contains("--payload p2"), "the first cell of these is what is repeated")
    #expect(list.lines[2] == "1 cell: a as putter, json.keys (required)")
  }

  @Test func qualityDoesNotColourConformance() {
    let known = Sample.cell(
      Sample.finding("publish.mandatory", .recommended, .putter, "a", .known),
      Sample.finding("hash.routing-key", .required, .server, "b", .pass))
    #expect(known.conformance == .pass && known.verdict == .known)
    let table = QualityTable(Sample.report([known, known]))
    #expect(table.summary == "0 of 2 recommended checks held, 2 known")
    #expect(table.text.contains("0 of 2"))
    let failing = QualityTable(report(Sample.finding("publish.mandatory", .recommended, .putter, "a", .fail)))
    #expect(failing.text.contains("0 of 1 FAIL"))
  }

  @Test func notesOfAKindStandTogether() {
    let notes = NoteList(
      Sample.report(
        (1...9).map { number in
          Sample.cell(
            Sample.abc, "p\(number)",
            Sample.finding("properties.priority", .informational, .putter, "a", .note, "\(number % 5)"))
        }))
    #expect(notes.lines.first == "9× a as putter, properties.priority:")
    #expect(notes.lines.count == 5 && notes.lines.last == "    and 2 others")
    #expect(notes.notes.map(\.cells).reduce(0, +) == 9)
  }

  @Test func whatIsWrongWithARunIsSaid() throws {
    let troubles = RunSummary(
      Sample.report([.pass, .skipped, .skipped], problems: ["entry 3 is stale"], endedEarly: "it was interrupted")
    ).troubles
    #expect(troubles.map(\.title) == ["ended early", "list of divergences", "skipped"])
    #expect(troubles.last?.text == "2 cells, a-b-c/echo/p1 first: given up")
    #expect(RunSummary(Sample.report([Verdict]())).troubles.map(\.title) == ["nothing was run"])
  }

  @Test func aTextOfOneEndlessCharacterIsShortened() {
    let endless = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(endless.count == 1)
    #expect(endless.shortened(to: 100).utf8.count < 250)
  }

  @Test func oneIsNoPlural() {
    #expect([0, 1, 2].map { $0.counted("cell") } == ["0 cells", "1 cell", "2 cells"])
  }
}
