import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner
@testable import InteropSupport

@Suite struct RunReportTests {
  private func report(_ verdicts: [Verdict], problems: [String] = [], endedEarly: String? = nil) -> RunReport {
    let cells = verdicts.map { verdict in
      let cell = Cell(
        combination: Combination(putter: "a", server: "b", getter: "c"), scenario: .echo, payload: "hello")
      if verdict == .skipped { return CellResult(cell: cell, skipReason: "given up") }
      let finding = Finding(
        check: "hash.routing-key", level: .required, role: .server, peer: "b", verdict: verdict, expected: "1",
        observed: "2", divergence: nil)
      var result = CellResult(cell: cell, findings: [finding])
      result.repeatCommand = Repetition().command(cell)
      return result
    }
    let peer = RunReport.Peer(name: "a", about: "", mode: .missing, identity: nil, reason: "not here")
    return RunReport(
      run: ["syrpc": "0"], peers: [peer], cells: cells, problems: problems, endedEarly: endedEarly)
  }

  @Test func onlyWhatIsExpectedIsAsExpected() {
    #expect(report([.pass, .known, .note]).isAsExpected)
    #expect(!report([.pass, .fail]).isAsExpected)
    #expect(!report([.pass, .unexpectedPass]).isAsExpected)
    #expect(!report([.pass, .skipped]).isAsExpected, "what was given up is not as expected")
    #expect(!report([]).isAsExpected, "nothing was run")
    #expect(!report([.pass], problems: ["stale"]).isAsExpected)
    #expect(!report([.pass], endedEarly: "it was interrupted").isAsExpected)
  }

  @Test func theSchemaIsAsDocumented() throws {
    let report = report([.fail, .pass, .skipped])
    let json = try JSON(parsing: try report.json.indented())
    #expect(json == report.json)
    #expect(json["schema"] == 4)
    #expect(json["totals"]?["fail"] == 1)
    #expect(json["replayed"]?["fail"] == 0)
    #expect(json["peers"]?.arrayValue?.first?["mode"] == "missing")
    let cell = try #require(json["cells"]?.arrayValue?.first)
    #expect(
      cell.objectValue?.keys == [
        "putter", "server", "getter", "scenario", "payload", "mode", "recording", "verdict", "conformance", "blame",
        "unexplained", "reason", "folder", "milliseconds", "repeat", "app_name", "cells_before", "checks",
      ])
    let check = try #require(cell["checks"]?.arrayValue?.first)
    #expect(check.objectValue?.keys == ["check", "level", "role", "peer", "verdict", "expected", "observed"])
    let text = String(decoding: try Files.read(checkoutFolder / "interop/README.rst"), as: UTF8.self)
    let keys = [json, cell, check].flatMap { $0.objectValue?.keys ?? [] }
    for key in keys { #expect(text.contains("``\(key)``"), "\(key) is not documented") }
  }

  @Test func aFailureIsShownWithEverythingThatIsNeeded() throws {
    let lines = RunSummary.lines(try #require(report([.fail]).cells.first)).joined(separator: "\n")
    for part in [
      "FAIL", "a-b-c/echo/hello", "hash.routing-key", "b as server", "expected: 1", "observed: 2", "--getter c",
    ] {
      #expect(lines.contains(part), "\(part)")
    }
  }

  @Test func whatIsRepeatedHasTheSameFaults() throws {
    var result = try #require(report([.fail]).cells.first)
    var repetition = Repetition()
    #expect(repetition.command(result.cell).hasSuffix("--payload hello"))
    repetition.faults = try TapFaults(parsing: "split,cut@to-broker:2#0")
    result.repeatCommand = repetition.command(result.cell)
    #expect(result.repeatCommand.hasSuffix("--payload hello --fault split,cut@to-broker:2#0"))
    #expect(result.json["repeat"]?.stringValue == result.repeatCommand)
  }

  @Test func aFailureSaysWhatItWasRunAmong() throws {
    var result = try #require(report([.fail]).cells.first)
    #expect(result.json["app_name"] == .null && result.json["cells_before"] == .null)
    result.context = CellContext(appName: "interop-x-7", ages: PerRole(putter: 12, server: nil, getter: 0))
    let lines = RunSummary.lines(result)
    #expect(
      lines.contains("      app name interop-x-7; cells that its processes had made before: putter 12, getter 0"))
    #expect(result.json["app_name"] == "interop-x-7")
    #expect(result.json["cells_before"] == ["putter": 12, "server": .null, "getter": 0])
    result.context = CellContext(appName: "recorded", ages: PerRole(putter: nil, server: nil, getter: nil))
    #expect(RunSummary.lines(result).contains("      app name recorded"))
  }

  @Test func theMatrixCountsTheWorstFirst() {
    let table = MatrixTable.text(report([.pass, .pass, .fail]).cells)
    #expect(table.contains("1 FAIL, 2 pass"))
  }
}
