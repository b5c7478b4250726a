import SyRPCWire
import Testing

@testable import Interop

@Suite struct DivergenceTests {
  private func read(_ entries: String) async throws -> [Divergence] {
    try await withTemporaryFolder { folder in
      let path = folder / "divergences.json"
      try Files.write(Array("{\"divergences\": [\(entries)]}".utf8), to: path)
      return try Divergence.read(path)
    }
  }

  private static let mandatory = """
    {"peer": "python", "role": "putter", "check": "publish.mandatory", "reason": "so it is", "most": 5}
    """

  private func results(_ list: [Divergence]) throws -> (result: CellResult, problems: [String]) {
    let judge = Judge(divergences: list, golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    return (result, judge.problems(in: [result]))
  }

  @Test func aListedFailureIsKnown() async throws {
    let (result, problems) = try results(try await read(Self.mandatory))
    let finding = result.findings.first { $0.check == "publish.mandatory" && $0.role == .putter }
    #expect(finding?.verdict == .known)
    #expect(finding?.divergence?.reason == "so it is")
    #expect(problems.isEmpty)
  }

  @Test func aListedFailureThatPassesIsUnexpected() async throws {
    let entry = Self.mandatory.replacing("publish.mandatory", with: "publish.request")
    let (result, problems) = try results(try await read(entry))
    #expect(result.verdict >= .unexpectedPass)
    #expect(result.findings.first { $0.check == "publish.request" }?.verdict == .unexpectedPass)
    #expect(problems.count == 1)
    #expect(problems.first?.contains("entry 1 was not seen") == true)
  }

  @Test func anotherObservationIsAFailure() async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\"observed\": \"immediate\", \"most\"")
    let (result, _) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == .fail)
  }

  @Test(arguments: [
    ("\"payloads\": [\"recorded\"], \"observed\": {\"recorded\": \"not mandatory\"}", Verdict.known),
    ("\"payloads\": [\"recorded\"], \"observed\": {\"recorded\": \"immediate\"}", Verdict.fail),
    ("\"server\": [\"swift\", \"pyth*\"]", Verdict.known), ("\"server\": [\"swift\", \"node\"]", Verdict.fail),
    ("\"golden\": \"python2\"", Verdict.fail),
  ])
  func restrictionsAreExact(_ restriction: String, _ verdict: Verdict) async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\(restriction), \"most\"")
    let (result, _) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == verdict)
  }

  @Test(arguments: [
    "\"scenario\": \"echo\"", "\"payloads\": [\"hello\"]", "\"server\": \"swift\"", "\"golden\": \"python2\"",
  ])
  func whatItDoesNotSpeakOfFails(_ restriction: String) async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\(restriction), \"most\"")
    let (result, problems) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == .fail)
    #expect(problems.isEmpty, "it could not have matched")
  }

  @Test func moreThanItAllowsIsAProblem() async throws {
    let list = try await read(Self.mandatory.replacing("\"most\": 5", with: "\"most\": 1"))
    let judge = Judge(divergences: list, golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    #expect(judge.problems(in: [result]).isEmpty)
    #expect(judge.problems(in: [result, result]).first?.contains("set it to 2") == true)
    // In the default matrix another plays the putter there.
    let fixed = Cell(combination: result.cell.combination, scenario: .never, payload: result.cell.payload)
    #expect(!fixed.scenario.varied.contains(.putter))
    let elsewhere = CellResult(cell: fixed, findings: result.findings, golden: result.golden)
    #expect(judge.problems(in: [result, elsewhere, elsewhere]).isEmpty)
    #expect(judge.problems(in: [elsewhere]).isEmpty, "it was seen")
  }

  /// Whoever plays what a scenario does not vary, the bound is that of the default matrix.
  @Test func aStandInCountsAsTheOneItStandsFor() async throws {
    let list = try await read(Self.mandatory.replacing("\"most\": 5", with: "\"most\": 1"))
    let judge = Judge(divergences: list, golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    func cell(_ scenario: Scenario, getter: String) -> CellResult {
      var combination = result.cell.combination
      combination.getter = getter
      let cell = Cell(combination: combination, scenario: scenario, payload: result.cell.payload)
      return CellResult(cell: cell, findings: result.findings, golden: result.golden)
    }
    #expect(!Scenario.type.varied.contains(.getter))
    let two = ["python", "swift"]
    #expect(judge.problems(in: two.map { cell(.type, getter: $0) }).first?.contains("set it to 2") == true)
    #expect(judge.problems(in: two.map { cell(.echo, getter: $0) }).isEmpty)
  }

  @Test(arguments: [
    ("{}", "\"peer\" is missing"),
    ("{\"peer\": \"p\", \"role\": \"cook\"}", "\"role\" is none of"),
    ("{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"nope\"}", "there is no check \"nope\""),
    ("{\"peer\": \"p\", \"role\": \"getter\", \"check\": \"outcome.put\"}", "does not judge a getter"),
    ("{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"reason\": \"r\"}", "\"most\" is missing"),
    ("{\"pear\": \"p\"}", "\"pear\" means nothing here"),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"payloads\": [\"a\"], \"observed\": {\"b\": \"c\"}}",
      "a string for each of the \"payloads\""
    ),
    ("{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"server\": []}", "\"server\" is neither"),
  ])
  func aMalformedEntryIsNamed(_ entry: String, _ message: String) async throws {
    let error = try await #require(throws: InteropError.self) { _ = try await read(entry) }
    #expect(error.message.contains("entry 1"))
    #expect(error.message.contains(message))
  }
}
