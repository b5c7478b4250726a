import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite struct DivergenceTests {
  private func read(_ entries: String) async throws -> [Divergence] {
    try await withTemporaryFolder { folder in
      let path = folder / "divergences.json"
      try Files.write(Array("{\"divergences\": [\(entries)]}".utf8), to: path)
      return try Divergence.read(path)
    }
  }

  private static let mandatory = """
    {"peer": "python", "role": "putter", "check": "publish.mandatory", "observed": "not mandatory",
     "reason": "so it is", "most": 5}
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
    let entry = Self.mandatory.replacing("\"not mandatory\"", with: "\"immediate\"")
    let (result, _) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == .fail)
  }

  @Test(arguments: [
    ("\"items\": 2", Verdict.known), ("\"items\": {\"least\": 1, \"most\": 2}", Verdict.known),
    ("\"items\": 1", Verdict.fail),
    ("\"server\": [\"swift\", \"pyth*\"]", Verdict.known), ("\"server\": [\"swift\", \"node\"]", Verdict.fail),
    ("\"golden\": \"python2\"", Verdict.fail),
  ])
  func restrictionsAreExact(_ restriction: String, _ verdict: Verdict) async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\(restriction), \"most\"")
    let (result, _) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == verdict)
  }

  /// A part of what is seen is not what is seen.
  @Test(arguments: [
    ("\"not mandatory\"", Verdict.known), ("\"not m*\"", .known), ("\"mandatory\"", .fail), ("\"not\"", .fail),
    ("[\"mandatory\", \"not mandatory\"]", .known), ("[\"mandatory\", \"immediate\"]", .fail),
    ("{\"recorded\": \"not mandatory\"}", .known), ("{\"recorded\": [\"immediate\", \"not*\"]}", .known),
    ("{\"recorded\": \"immediate\"}", .fail),
  ])
  func theWholeOfWhatIsSeenIsHeldAgainstIt(_ observed: String, _ verdict: Verdict) async throws {
    let entry = Self.mandatory.replacing("\"not mandatory\"", with: observed)
      .replacing("\"most\"", with: "\"payloads\": [\"recorded\"], \"most\"")
    let (result, _) = try results(try await read(entry))
    #expect(result.findings.first { $0.check == "publish.mandatory" }?.verdict == verdict)
  }

  /// Whoever put the request: what came of it is what counts.
  @Test func itCanSpeakOfWhatWasDelivered() async throws {
    let evidence = try RecordedEvidence().evidence()
    let data = try #require(evidence.dataDelivered(to: .server).first)
    for (pattern, verdict) in [(data, Verdict.known), ("\(data.prefix(2))*", .known), ("\(data)0", .fail)] {
      let entry = Self.mandatory.replacing("\"putter\"", with: "\"server\"").replacing(
        "\"observed\"", with: "\"delivered\": \(JSON.string(pattern)), \"observed\"")
      let judge = Judge(divergences: try await read(entry), golden: GoldenMessages())
      let result = judge.judge(evidence)
      let finding = result.findings.first { $0.check == "publish.mandatory" && $0.role == .server }
      #expect(finding?.verdict == verdict, "\(pattern)")
      #expect(judge.problems(in: [result]).isEmpty, "what it does not speak of is neither seen nor missed")
    }
  }

  @Test func fewerThanItSaysIsAProblemOfAWholeRun() async throws {
    let list = try await read(Self.mandatory.replacing("\"most\"", with: "\"least\": 2, \"most\""))
    let judge = Judge(divergences: list, golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    #expect(judge.problems(in: [result]).isEmpty, "what a selection leaves out may be what it lacks")
    #expect(judge.problems(in: [result], isWhole: true).first?.contains("set it to 1") == true)
    #expect(judge.problems(in: [result, result], isWhole: true).isEmpty)
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

  /// The recorded cell, as if these interpreters had run its peers.
  private func evidence(_ versions: [Role: String]) throws -> Evidence {
    var recorded = try RecordedEvidence()
    for (role, version) in versions { recorded.peers[role] = "python@\(version)" }
    recorded.runtimes = versions.mapValues { "CPython \($0).1" }
    return try recorded.evidence()
  }

  private func verdict(_ list: [Divergence], _ evidence: Evidence) -> (verdict: Verdict?, problems: [String]) {
    let judge = Judge(divergences: list, golden: GoldenMessages())
    let result = judge.judge(evidence)
    let finding = result.findings.first { $0.check == "publish.mandatory" && $0.role == .putter }
    return (finding?.verdict, judge.problems(in: [result]))
  }

  @Test func itSpeaksOfAPeerOnEveryInterpreter() async throws {
    let versioned = try evidence([.putter: "3.13"])
    #expect(verdict(try await read(Self.mandatory), versioned).verdict == .known)
    let company = Self.mandatory.replacing("\"most\"", with: "\"server\": \"python\", \"most\"")
    #expect(verdict(try await read(company), try evidence([.putter: "3.13", .server: "3.9"])).verdict == .known)
    // The bound is for a combination: each interpreter is another.
    let judge = Judge(
      divergences: try await read(Self.mandatory.replacing("\"most\": 5", with: "\"most\": 1")),
      golden: GoldenMessages())
    let results = try ["3.9", "3.13"].map { judge.judge(try evidence([.putter: $0])) }
    #expect(judge.problems(in: results).isEmpty)
    #expect(judge.problems(in: results + results).first?.contains("set it to 2") == true)
  }

  @Test(arguments: [
    ("3.13", Verdict.known), ("3.12", .known), ("3.9", .fail), ("2.7", .fail),
  ])
  func itCanSpeakOfSomeVersionsOfARuntime(_ version: String, _ expected: Verdict) async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\"runtimes\": {\"python\": \">=3.12\"}, \"most\"")
    let list = try await read(entry)
    // The version of the putter counts, whoever else is Python.
    let (verdict, problems) = verdict(list, try evidence([.putter: version, .server: "3.8", .getter: "3.14"]))
    #expect(verdict == expected)
    #expect(problems.isEmpty, "it could not have matched on \(version)")
  }

  @Test func ofOneThatDoesNotSayItsVersionItDoesNotSpeak() async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\"runtimes\": {\"python\": \">=2\"}, \"most\"")
    #expect(verdict(try await read(entry), try RecordedEvidence().evidence()).verdict == .fail)
  }

  @Test func ofOneThatDoesNotStartTheNameSaysTheVersion() async throws {
    let entry = Self.mandatory.replacing("\"most\"", with: "\"runtimes\": {\"python\": \">=3.12\"}, \"most\"")
    let list = try await read(entry)
    for (name, expected) in [("python@3.13", Verdict.known), ("python@3.9", .fail), ("python@3", .fail)] {
      var recorded = try RecordedEvidence()
      recorded.peers.putter = name
      #expect(verdict(list, try recorded.evidence()).verdict == expected, "\(name)")
    }
  }

  @Test func itCanSpeakOfTheRuntimeOfAnother() async throws {
    let entry = Self.mandatory.replacing(
      "\"peer\": \"python\"",
      with: "\"peer\": \"python\", \"server\": \"py*\", \"runtimes\": {\"pypy\": \"3\"}")
    let list = try await read(entry)
    var recorded = try RecordedEvidence()
    recorded.peers = Combination(putter: "python@3.13", server: "pypy", getter: "python")
    for (version, expected) in [("3.1", Verdict.known), ("2.7", .fail)] {
      recorded.runtimes[.server] = "PyPy \(version)"
      #expect(verdict(list, try recorded.evidence()).verdict == expected)
    }
  }

  @Test(
    arguments: [
      ("4.0.5", Verdict.known), ("3.10.8", .fail), (nil, .fail),
    ] as [(String?, Verdict)])
  func itCanSpeakOfSomeVersionsOfTheBroker(_ version: String?, _ expected: Verdict) async throws {
    let list = try await read(Self.mandatory.replacing("\"most\"", with: "\"broker\": \">=4.0\", \"most\""))
    let judge = Judge(divergences: list, golden: GoldenMessages()).on(broker: version.flatMap { Version($0) })
    let result = judge.judge(try RecordedEvidence().evidence())
    #expect(result.findings.first { $0.check == "publish.mandatory" && $0.role == .putter }?.verdict == expected)
    #expect(judge.problems(in: [result]).isEmpty, "on another broker it could not have matched")
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
    let elsewhere = CellResult(cell: fixed, findings: result.findings, identities: result.identities)
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
      return CellResult(cell: cell, findings: result.findings, identities: result.identities)
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
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"reason\": \"r\"}",
      "\"observed\" is missing"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": \"o\", \"reason\": \"r\"}",
      "\"most\" is missing"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"delivered\": \"1\", \"observed\": \"o\"}",
      "\"delivered\" cannot be said of a putter"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": []}",
      "\"observed\" is neither a pattern"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": \"o\", \"items\": 0}",
      "\"items\" is neither a number above 0"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": \"o\", \"items\": {\"least\": 2, \"most\": 1}}",
      "\"items\" has \"least\" 2 and \"most\" 1"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": \"o\", \"items\": {\"last\": 2}}",
      "\"last\" means nothing here; did you mean \"least\"?"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"observed\": \"o\", \"reason\": \"r\", \"least\": 3, \"most\": 2}",
      "\"least\" is 3, which is more than"
    ),
    ("{\"pear\": \"p\"}", "\"pear\" means nothing here; did you mean \"peer\"?"),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.puts\"}",
      "there is no check \"outcome.puts\"; did you mean \"outcome.put\"?"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"payloads\": [\"a\", 1]}",
      "\"payloads\" is no array of names"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"server\": [\"a\", 1]}",
      "\"server\" is neither a pattern nor"
    ),
    ("{\"peer\": \"p@3\"}", "\"p@3\" has a version"),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"server\": \"q@3\"}",
      "\"q@3\" has a version"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"broker\": \"new\"}",
      "\"broker\" is no range of versions"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"runtimes\": \"3\"}",
      "\"runtimes\" is no object"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"runtimes\": {\"p\": 3}}",
      "\"runtimes\", \"p\" is no range of versions"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"runtimes\": {\"q\": \"3\"}}",
      "\"runtimes\" names q, which is neither"
    ),
    (
      "{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"payloads\": [\"a\"], \"observed\": {\"b\": \"c\"}}",
      "which is none of the \"payloads\""
    ),
    ("{\"peer\": \"p\", \"role\": \"putter\", \"check\": \"outcome.put\", \"server\": []}", "\"server\" is neither"),
  ])
  func aMalformedEntryIsNamed(_ entry: String, _ message: String) async throws {
    let error = try await #require(throws: InteropError.self) { _ = try await read(entry) }
    #expect(error.message.contains("entry 1"))
    #expect(error.message.contains(message))
  }
}

/// What becomes of the list when implementations change.
@Suite struct DivergenceListTests {
  private func list(_ entries: String) throws -> [Divergence] {
    try Divergence.read(Array("{\"divergences\": [\(entries)]}".utf8), of: "list")
  }

  private func entry(_ check: String, _ rest: String = "", peer: String = "python", most: Int = 5) -> String {
    """
    {"peer": "\(peer)", "role": "putter", "check": "\(check)", "observed": "*", "reason": "so", "most": \(most)\(rest)}
    """
  }

  private func judged(_ entries: String, implementation: String) throws -> (verdict: Verdict?, problems: [String]) {
    var recorded = try RecordedEvidence()
    recorded.implementation = implementation
    recorded.runtimes = [.putter: "CPython 2.7"]
    let judge = Judge(divergences: try list(entries), golden: GoldenMessages())
    let result = judge.judge(try recorded.evidence())
    return (
      result.findings.first { $0.check == "publish.mandatory" && $0.role == .putter }?.verdict,
      judge.problems(in: [result])
    )
  }

  @Test func anEntryEndsWithTheVersionThatIsMended() throws {
    let until = entry("publish.mandatory", ", \"until\": \"1.1\"")
    #expect(try judged(until, implementation: "syrpc 1.0").verdict == .known)
    #expect(try judged(until, implementation: "syrpc 1.1").verdict == .fail)
    #expect(try judged(until, implementation: "syrpc 1.1").problems.isEmpty)
    #expect(throws: InteropError.self) { try list(entry("publish.mandatory", ", \"until\": \"soon\"")) }
  }

  /// It may be the one that is mended.
  @Test func whatSaysNoVersionMayPassOrFail() throws {
    let until = entry("publish.mandatory", ", \"until\": \"1.1\"")
    #expect(try judged(until, implementation: "syrpc").verdict == .known)
    let passes = entry("publish.request", ", \"until\": \"1.1\"")
    #expect(try judged(passes, implementation: "syrpc").problems.isEmpty)
    #expect(try !judged(passes, implementation: "syrpc 1.0").problems.isEmpty)
  }

  @Test func anotherListReplacesWhatItSpeaksOf() throws {
    let base = try list([entry("publish.mandatory"), entry("publish.request")].joined(separator: ","))
    let other = try list(
      [entry("publish.mandatory", most: 7), entry("publish.mandatory", peer: "node")].joined(separator: ","))
    let merged = base.replacing(with: other)
    #expect(merged.map(\.check) == ["publish.request", "publish.mandatory", "publish.mandatory"])
    #expect(merged.map(\.most) == [5, 7, 5])
  }

  @Test func whatIsOnlySkippedIsAnErrorOfAWholeRun() throws {
    let judge = Judge(divergences: try list(entry("outcome.get")), golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    #expect(result.findings.first { $0.check == "outcome.get" && $0.role == .putter }?.verdict == .skipped)
    #expect(judge.problems(in: [result]).isEmpty)
    #expect(judge.problems(in: [result], isWhole: true).first?.contains("was never judged") == true)
  }

  @Test func theListThatARunWouldNeedIsWritten() throws {
    let text = "{\"divergences\": [\(entry("publish.request"))]}"
    let judge = Judge(divergences: try Divergence.read(Array(text.utf8), of: "list"), golden: GoldenMessages())
    let result = judge.judge(try RecordedEvidence().evidence())
    let update = DivergenceUpdate(
      try JSON(parsing: text.utf8), path: "list", judge: judge, [result], isWhole: false)
    #expect(update.removed == 1 && update.changed == 0 && update.added > 0)
    let new = try Divergence.read(try update.list.indented(), of: "new")
    let after = Judge(divergences: new, golden: GoldenMessages())
    let again = after.judge(try RecordedEvidence().evidence())
    #expect(!again.findings.contains { $0.verdict == .fail || $0.verdict == .unexpectedPass })
    #expect(after.problems(in: [again]).isEmpty)
  }
}
