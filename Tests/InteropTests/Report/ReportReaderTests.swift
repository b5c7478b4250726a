import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropReport
@testable import InteropSupport

private let python = checkoutFolder / "build/test-tools/bin/python"
private let hasTools = Files.exists(python)

/// What parsers of others make of the formats of a report.
@Suite(.timeLimit(.minutes(10)), .enabled(if: hasTools, "needs build/test-tools, which Tests/Tools/setup installs"))
struct ReportReaderTests {
  private func read(_ kind: String, _ bytes: [UInt8], _ arguments: String...) async throws -> JSON {
    try await withTemporaryFolder { folder in
      try Files.write(bytes, to: folder / "report")
      let words = ([python, checkoutFolder / "Tests/Tools/read_report.py", kind] + arguments + [folder / "report"])
        .map(shellQuoted).joined(separator: " ")
      let result = try await script("exec \(words)")
      #expect(result.ending == .exited(0), "\(result.text)")
      return try JSON(parsing: Array(result.text.utf8))
    }
  }

  private func problems(_ report: JSON, by schema: String = "report") async throws -> [String] {
    let schema = checkoutFolder / "interop/\(schema).schema.json"
    return try await read("schema", try report.indented(levels: 2), schema).arrayValue?.compactMap(\.stringValue) ?? [
      "?"
    ]
  }

  @Test func theReportIsAsItsSchemaSays() async throws {
    for report in [
      try Sample.mixed(), try Sample.hostileReport(), Sample.report([Verdict]()),
      Sample.report([.fail, .skipped], endedEarly: "early"), try ReportMergeTests().shards(of: 3)[1].report,
    ] {
      #expect(try await problems(try report.json()) == [])
    }
  }

  @Test func theSchemaRefusesWhatIsWrong() async throws {
    func changed(_ change: (inout JSONObject) -> Void) throws -> JSON {
      var members = try #require(try Sample.mixed().json().objectValue)
      change(&members)
      return .object(members)
    }
    #expect(try await problems(try changed { $0["schema"] = 4 }).count == 1)
    #expect(try await problems(try changed { $0["cells"] = nil }).count == 1)
    #expect(try await problems(try changed { $0["findings"] = [["check": "x"]] }).count == 3)
    #expect(try await problems(try changed { $0["cells"] = [["putter": 1]] }).count > 5)
  }

  @Test func theComparisonIsAsItsSchemaSays() async throws {
    let (good, bad) = (Sample.report([.pass]), Sample.report([.skipped], endedEarly: "early"))
    var other = try Sample.mixed()
    other.messages[0] = Report.Message(
      peer: other.messages[0].peer, kind: other.messages[0].kind, payload: other.messages[0].payload,
      putters: other.messages[0].putters, content: .varying)
    for comparison in [
      Sample.comparison(), Sample.comparison(Sample.hostile), ReportComparison(good, good), ReportComparison(good, bad),
      ReportComparison(bad, good), ReportComparison(try Sample.mixed(), other),
    ] {
      #expect(try await problems(try ComparisonJSON(comparison).json(), by: "comparison") == [])
    }
    var members = try #require(try ComparisonJSON(Sample.comparison()).json().objectValue)
    members["worse"] = nil
    members["messages"] = [["peer": "b"]]
    members["newly_failing"] = [["cause": "x", "check": "y"]]
    #expect(try await problems(.object(members), by: "comparison").count == 13)
  }

  @Test func junitIsReadBack() async throws {
    let report = try Sample.mixed()
    let read = try await read("junit", Array(try JUnitReport.text(report).utf8))
    #expect(read["counts"] == read["counted"])
    let suites = try #require(read["suites"]?.arrayValue)
    #expect(suites.map { $0["name"]?.stringValue } == ["a-b-c", "swift-b-swift", "quality: a", "quality: b", "run"])
    let results = suites.flatMap { suite in suite["cases"]?.arrayValue ?? [] }.map { $0["result"]?.stringValue }
    #expect(
      results == [
        "failure", "skipped", "failure", "error", "error", "passed", "passed", "passed", "failure", "skipped", "error",
      ])
    let failure = suites[1]["cases"]?.arrayValue?.first
    #expect(failure?["message"] == "b as server, hash.routing-key (required): expected y, observed 17")
    #expect(failure?["seconds"] == 1.25 && failure?["group"] == "swift-b-swift.echo")
  }

  @Test func junitOfAHostilePeerIsReadBack() async throws {
    let report = try Sample.hostileReport()
    let read = try await read("junit", Array(try JUnitReport.text(report).utf8))
    #expect(read["counts"] == read["counted"])
    let first = read["suites"]?.arrayValue?.first?["cases"]?.arrayValue?.first
    #expect(first?["name"]?.stringValue == Sample.hostile.visible)
    #expect(first?["message"]?.stringValue?.contains(Sample.hostile.visible.dropFirst(6)) == true)
  }

  @Test func tapIsReadBack() async throws {
    for report in [try Sample.mixed(), try Sample.hostileReport()] {
      let read = try await read("tap", Array(TAPReport.text(report).utf8))
      let points = try #require(read["points"]?.arrayValue)
      #expect(read["planned"]?.integerValue == Int64(points.count) && read["unknown"] == [])
      #expect(points.count == ReportCases(report).suites.flatMap(\.cases).count)
      #expect(points.count { $0["todo"] == true } == (report.divergences.isEmpty ? 0 : 2))
    }
  }
}
