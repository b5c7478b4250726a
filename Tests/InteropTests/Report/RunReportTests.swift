import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropRunner
@testable import InteropSupport

@Suite struct RunReportTests {
  @Test func onlyWhatIsExpectedIsAsExpected() {
    #expect(Sample.report([.pass, .known, .note]).isAsExpected)
    #expect(!Sample.report([.pass, .fail]).isAsExpected)
    #expect(!Sample.report([.pass, .unexpectedPass]).isAsExpected)
    #expect(!Sample.report([.pass, .skipped]).isAsExpected, "what was given up is not as expected")
    #expect(!Sample.report([Verdict]()).isAsExpected, "nothing was run")
    #expect(!Sample.report([.pass], problems: ["stale"]).isAsExpected)
    #expect(!Sample.report([.pass], endedEarly: "it was interrupted").isAsExpected)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    for report in [try Sample.mixed(), try Sample.hostileReport(), Sample.report([.fail], endedEarly: "early")] {
      let text = try report.json().indented(levels: 2)
      #expect(try Report(try JSON(parsing: text), of: "it") == report)
    }
  }

  @Test func whatPassedIsCounted() throws {
    let report = Sample.report([.pass, .pass, .fail])
    #expect(report.findings.count == 1)
    #expect(report.cells.map(\.findings) == [[], [], [0]] && report.cells.map(\.passed) == [1, 1, 0])
    let counts = try #require(report.checks.first?.counts.first)
    #expect(counts[.pass] == 2 && counts[.fail] == 1 && counts.peer == "b" && counts.role == .server)
    #expect(try report.json()["checks"]?.arrayValue?.first?["meaning"]?.stringValue?.isEmpty == false)
  }

  /// What is found in many cells stands there once: 5,000 cells stay below 6 MB.
  @Test func theReportIsSmall() throws {
    let divergence = try Sample.divergence("publish.mandatory", "putter", String(repeating: "a reason ", count: 12))
    let checks = Judge.allRules.flatMap { rule in rule.roles.map { (rule, $0) } }
    let cells = (0..<500).map { number in
      var result = CellResult(
        cell: Cell(
          combination: Combination(putter: "p\(number % 4)", server: "s\(number % 7)", getter: "g\(number % 5)"),
          scenario: .echo, payload: "payload-\(number)"),
        findings: checks.enumerated().map { place, check in
          Sample.finding(
            check.0.id, check.0.level, check.1, "peer", place % 20 == 0 ? .known : .pass,
            place % 40 == 0 ? "observed \(number % 50)" : "observed", divergence: place % 20 == 0 ? divergence : nil)
        })
      result.repeatCommand = Repetition().command(result.cell) + " --reference node=/somewhere/else/node_modules/syrpc"
      result.context = CellContext(appName: "interop-abcdefg-\(number)", ages: PerRole(putter: 1, server: 2, getter: 3))
      return result
    }
    let size = try Sample.report(cells).json().indented(levels: 2).count
    #expect(size < 500_000, "\(size)")
  }

  @Test(arguments: [
    (#"{"schema": 5}"#, "is no report of schema 6"), (#"{"schema": 6}"#, #"it has no "run""#), ("[]", "is no report"),
  ]) func whatIsNoReportIsRefused(_ text: String, _ reason: String) throws {
    let json = try JSON(parsing: Array(text.utf8))
    let error = #expect(throws: InteropError.self) { try Report(json, of: "file") }
    #expect(error?.message.contains(reason) == true)
  }

  @Test func whatRefersToNothingIsRefused() throws {
    func without(_ member: String, _ report: Report) throws -> JSON {
      var members = try #require(try report.json().objectValue)
      members[member] = []
      return .object(members)
    }
    let (lost, unlisted) = (try without("findings", Sample.report([.fail])), try without("divergences", Sample.mixed()))
    let error = #expect(throws: InteropError.self) { try Report(lost, of: "file") }
    #expect(error?.message == "file is no report: a-b-c/echo/hello has a finding that is not there")
    #expect(throws: InteropError.self) { try Report(unlisted, of: "file") }
  }

  @Test func theSchemaIsDocumented() throws {
    let schema = try Files.readJSON(checkoutFolder / "interop/report.schema.json")
    #expect(schema["properties"]?["schema"]?["const"]?.integerValue == Int64(Report.schema))
    let readme = String(decoding: try Files.read(checkoutFolder / "interop/README.rst"), as: UTF8.self)
    for key in schema["properties"]?.objectValue?.keys ?? [] {
      #expect(readme.contains("``\(key)``"), "\(key) is not documented")
    }
    // What is written has a place in the schema, as deep as objects go.
    func check(_ value: JSON, _ part: JSON, _ path: String) {
      let reference = part["$ref"]?.stringValue.flatMap { schema["$defs"]?[String($0.dropFirst("#/$defs/".count))] }
      let part = reference ?? part
      for (key, value) in value.objectValue ?? [:] {
        guard part["additionalProperties"] == nil, part["properties"] != nil else { continue }
        guard let member = part["properties"]?[key] else {
          #expect(part["patternProperties"] != nil, "\(path).\(key) is in no schema")
          continue
        }
        check(value, member, "\(path).\(key)")
      }
      for value in value.arrayValue ?? [] { if let items = part["items"] { check(value, items, "\(path)[]") } }
    }
    check(try Sample.mixed().json(), schema, "")
  }

  @Test func aFailureIsShownWithEverythingThatIsNeeded() throws {
    let report = Sample.report([.fail])
    let lines = RunSummary(report).lines(report.cells[0]).joined(separator: "\n")
    for part in [
      "FAIL", "a-b-c/echo/hello", "hash.routing-key", "b as server", "expected: y", "observed: 2", "--getter c",
    ] {
      #expect(lines.contains(part), "\(part)")
    }
  }

  @Test func whatFollowsStandsBelowItsCause() throws {
    let report = try Sample.mixed()
    let cell = try #require(report.cells.first { $0.payload == "fails" })
    let lines = RunSummary(report).lines(cell)
    #expect(lines.contains("        so also: declare.result"))
    #expect(lines.contains("      affected: outcome.get, swift as getter, because of b: hash.routing-key"))
  }

  @Test func whatIsRepeatedHasTheSameFaults() throws {
    var result = Sample.cell()
    var repetition = Repetition()
    #expect(repetition.command(result.cell).hasSuffix("--payload hello"))
    repetition.faults = try TapFaults(parsing: "split,cut@to-broker:2#0")
    result.repeatCommand = repetition.command(result.cell)
    #expect(result.repeatCommand.hasSuffix("--payload hello --fault split,cut@to-broker:2#0"))
    #expect(Sample.report([result]).cells[0].repeatCommand == result.repeatCommand)
    #expect(result.json["repeat"]?.stringValue == result.repeatCommand)
  }

  @Test func aFailureSaysWhatItWasRunAmong() throws {
    var result = Sample.cell(Sample.finding("hash.routing-key", .required, .server, "b", .fail))
    var cell = Sample.report([result]).cells[0]
    #expect(cell.appName == nil && cell.cellsBefore == nil)
    result.context = CellContext(appName: "interop-x-7", ages: PerRole(putter: 12, server: nil, getter: 0))
    let report = Sample.report([result])
    #expect(
      RunSummary.lines(result).contains(
        "      app name interop-x-7; cells that its processes had made before: putter 12, getter 0"))
    cell = try #require(try Report(report.json(), of: "it").cells.first)
    #expect(cell.appName == "interop-x-7")
    #expect(cell.cellsBefore == PerRole(putter: 12, server: nil, getter: 0))
    result.context = CellContext(appName: "recorded", ages: PerRole(putter: nil, server: nil, getter: nil))
    #expect(RunSummary.lines(result).contains("      app name recorded"))
  }

  @Test func theMatrixCountsTheWorstFirst() {
    #expect(MatrixTable(Sample.report([.pass, .pass, .fail])).text.contains("1 FAIL, 2 pass"))
  }
}
