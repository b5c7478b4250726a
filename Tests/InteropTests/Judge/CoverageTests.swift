import SyRPCWire
import Testing

@testable import InteropFixtures
@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite struct CoverageTests {
  private typealias Findings = [(check: String, verdict: Verdict)]

  private func cell(_ scenario: Scenario, _ findings: Findings, peer: String = "python@3.13") -> CellResult {
    CellResult(
      cell: Cell(
        combination: Combination(putter: "swift", server: peer, getter: "swift"), scenario: scenario, payload: "hello"),
      findings: findings.map { Sample.finding($0.check, .required, .server, peer, $0.verdict) })
  }

  private let key = Coverage.Key(check: "ack.request", role: .server)

  @Test func whatIsJudgedIsCountedByScenario() {
    let coverage = Coverage([
      cell(.echo, [("ack.request", .pass)]), cell(.echo, [("ack.request", .skipped)]),
      cell(.burst, [("ack.request", .fail)]),
      CellResult(
        cell: Cell(
          combination: Combination(putter: "swift", server: "python", getter: "swift"), scenario: .echo,
          payload: "hello", recording: "a recording"),
        findings: [Sample.finding("ack.request", .required, .server, "python", .pass)]),
    ])
    // Whatever interprets it, and live.
    #expect(coverage.peers == ["python"])
    #expect(coverage.counts[key]?["python"]?["echo"] == Coverage.Count(judged: 1, skipped: 1))
    #expect(coverage.total(key, of: "python") == Coverage.Count(judged: 2, skipped: 1))
  }

  @Test func whatIsNoLongerJudgedIsMissed() {
    var floor = CoverageFloor()
    floor.record(Coverage([cell(.echo, [("ack.request", .pass)]), cell(.burst, [("ack.request", .pass)])]))
    func missing(_ cells: CellResult...) -> [String] { floor.missing(in: Coverage(cells), checks: ["ack.request"]) }
    #expect(missing(cell(.echo, [("ack.request", .pass)]), cell(.burst, [("ack.request", .known)])) == [])
    #expect(
      missing(cell(.echo, [("ack.request", .pass)]), cell(.burst, [("ack.request", .skipped)])) == [
        "ack.request of python as server is no longer judged in burst: it was skipped in all 1 cell"
      ])
    #expect(missing(cell(.echo, [("ack.request", .skipped)]), cell(.echo, [("ack.request", .pass)])) == [])
    // It has no such cell, is another peer's, or made no such check.
    #expect(missing(cell(.echo, [("ack.request", .pass)])) == [])
    #expect(missing(cell(.burst, [("ack.request", .skipped)], peer: "swift")) == [])
    let skipped = Coverage([cell(.burst, [("ack.request", .skipped)])])
    #expect(floor.missing(in: skipped, checks: ["ack.result"]) == [])
  }

  @Test func whatOneRunDidNotJudgeIsNotDemandedOfTheNext() {
    var floor = CoverageFloor()
    func record(_ request: Verdict, besides others: CellResult...) {
      let burst = cell(.burst, [("ack.request", request), ("ack.multiple", .pass)])
      floor.record(Coverage([cell(.echo, [("ack.request", .pass)]), burst] + others))
    }
    record(.pass)
    record(.skipped)
    #expect(floor.entries[key]?["python"]?.scenarios == ["echo"])
    // Once not judged, it is not taken in again by chance; a scenario that is new is.
    record(.pass, besides: cell(.idle, [("ack.request", .pass)]))
    #expect(floor.entries[key]?["python"]?.scenarios == ["echo", "idle"])
    // A run without it, such as on a broker that cannot have it, takes nothing away.
    record(.pass)
    #expect(floor.entries[key]?["python"]?.scenarios == ["echo", "idle"])
  }

  @Test func itIsReadAsItIsWritten() async throws {
    var floor = CoverageFloor()
    floor.record(Coverage([cell(.echo, [("ack.request", .pass), ("ack.multiple", .skipped)])]))
    let written = try floor.json.indented(levels: 4)
    try await withTemporaryFolder { folder in
      try Files.write(written, to: folder / "coverage.json")
      #expect(try CoverageFloor(folder / "coverage.json") == floor)
      #expect(try CoverageFloor(folder / "none.json") == CoverageFloor())
      let wrong = String(decoding: written, as: UTF8.self).replacing("skipped", with: "skiped")
      try Files.write(Array(wrong.utf8), to: folder / "coverage.json")
      let error = #expect(throws: InteropError.self) { try CoverageFloor(folder / "coverage.json") }
      #expect(error?.message.contains("did you mean \"skipped\"?") == true)
    }
  }

  @Test func whatDoesNotExistIsNotOnRecord() throws {
    var floor = CoverageFloor()
    floor.record(Coverage([cell(.echo, [("ack.reqest", .pass)], peer: "pyhton")]))
    let problems = try CoverageTable.problems(floor, try checkout())
    #expect(problems.count == 2)
    #expect(problems[0].contains("a check \"ack.reqest\", which does not exist; did you mean \"ack.request\"?"))
    #expect(problems[1].contains("a peer \"pyhton\""))
  }

  /// Of each check, one peer at least is on record as judged, in each role that it judges.
  @Test func everyCheckIsJudged() throws {
    let floor = try CoverageFloor(try checkout().coverage)
    // Recordings are not live.
    for rule in Judge.allRules where !rule.id.hasPrefix("replay.") {
      for role in rule.roles {
        let entries = floor.entries[Coverage.Key(check: rule.id, role: role)] ?? [:]
        #expect(entries.values.contains { $0.judged > 0 }, "\(rule.id) of a \(role.rawValue)")
      }
    }
  }
}
