import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// Reports of shards, joined.
@Suite struct ReportMergeTests {
  /// What is listed: seen twice in the whole, once at most in each of two shards.
  private func judge() throws -> Judge {
    let entry = """
      {"divergences": [{"peer": "python", "role": "putter", "check": "publish.mandatory", "observed": "*", "reason": "so it is", "most": 1}]}
      """
    return Judge(divergences: try Divergence.read(Array(entry.utf8), of: "list"), golden: GoldenMessages())
  }

  /// Seven cells that are judged, and not alike.
  private func results(_ judge: Judge) throws -> [CellResult] {
    var results: [CellResult] = []
    for number in 0..<7 {
      var recorded = try RecordedEvidence()
      if number % 3 == 1 { recorded.peers[.server] = "php" }
      if number > 4 { recorded.peers[.getter] = "swift" }
      let judged = judge.judge(try recorded.evidence())
      var result = CellResult(
        cell: Cell(
          combination: judged.cell.combination, scenario: number == 3 ? .type : .echo, payload: "p\(number)"),
        findings: judged.findings, identities: judged.identities)
      result.messages = [.request: .text("request \(number)"), .result: .text("result")]
      results.append(result)
    }
    return results
  }

  /// The reports of `count` shards, each of every count-th cell.
  func shards(
    of count: Int, _ change: (_ number: Int, inout Report) -> Void = { _, _ in }
  ) throws -> [(file: String, report: Report)] {
    let judge = try judge()
    let results = try results(judge)
    return (1...count).map { number in
      let places = Array(stride(from: number - 1, to: results.count, by: count))
      var shard = Report.Shard(number: number, count: count)
      shard.cells = results.count
      shard.plan = "plan"
      shard.places = places
      shard.tallies = judge.tallies(in: places.map { results[$0] })
      var report = Sample.report(places.map { results[$0] }, shard: shard)
      change(number, &report)
      return ("\(number).json", report)
    }
  }

  private func whole() throws -> Report {
    let judge = try judge()
    let results = try results(judge)
    var report = Sample.report(results, problems: judge.problems(in: results, isWhole: true))
    report.run.cells = results.count
    return report
  }

  @Test(arguments: 1...7) func shardsTogetherAreTheWhole(_ count: Int) throws {
    var merged = try ReportMerge(try shards(of: count).reversed()).report
    let whole = try whole()
    #expect(whole.divergenceProblems.first?.contains("more than its \"most\" of 1") == true)
    #expect(merged.run.seconds == whole.run.seconds * Double(count))
    merged.run.seconds = whole.run.seconds
    #expect(merged == whole)
    #expect(try merged.json() == whole.json())
  }

  @Test func aShardIsReadAgain() throws {
    var report = try shards(of: 3)[1].report
    #expect(try Report(try report.json(), of: "it") == report)
    #expect(RunSummary(report).totals.first == "shard 2 of 3, of 7 cells together")
    report.shard?.places.removeLast()
    let error = #expect(throws: InteropError.self) { try Report(try report.json(), of: "it") }
    #expect(error?.message == "it is no report: shard 2 of 3 has not a place for each of its cells")
  }

  @Test func whatOneShardDoesNotSeeAnotherMay() throws {
    let unseen = """
      {"divergences": [{"peer": "python", "role": "putter", "check": "publish.mandatory", "observed": "*", "payloads": ["p6"], "most": 1,
        "reason": "x"}]}
      """
    let judge = Judge(divergences: try Divergence.read(Array(unseen.utf8), of: "list"), golden: GoldenMessages())
    let cell = judge.judge(try RecordedEvidence().evidence()).cell
    let divergence = try #require(judge.divergences.first)
    func tally(_ verdict: Verdict) -> DivergenceTally {
      let finding = Sample.finding(
        "publish.mandatory", .recommended, .putter, "python", verdict, divergence: divergence)
      let named = Cell(combination: cell.combination, scenario: .echo, payload: "p6")
      return judge.tallies(in: [CellResult(cell: named, findings: [finding])])[0]
    }
    var sum = tally(.unexpectedPass)
    #expect(sum.problem(isWhole: false)?.contains("was not seen") == true && sum.excess == nil)
    // Where something else is seen, the cell is red, and that says what to do.
    var other = sum
    other.merge(tally(.fail))
    #expect(other.problem(isWhole: true) == nil && other.isToBeRemoved(isWhole: true))
    sum.merge(tally(.known))
    #expect(sum.problem(isWhole: false) == nil)
    sum.merge(tally(.known))
    #expect(sum.excess?.contains("was seen 2 times in \(cell.combination.name)") == true)
  }

  @Test func aShardThatEndedEarlyIsNamed() throws {
    let merged = try ReportMerge(
      try shards(of: 3) { number, report in
        guard number == 2 else { return }
        // As a run begins.
        report = Sample.report([CellResult](), endedEarly: "it was killed", shard: Report.Shard(number: 2, count: 3))
      }
    ).report
    #expect(merged.endedEarly == "shard 2 of 3: it was killed" && !merged.isAsExpected)
    #expect(merged.cells.count == 5 && merged.run.cells == 7)
    #expect(merged.divergenceProblems == [], "what was not seen may be in what was not run")
  }

  private func message(_ parts: [(file: String, report: Report)]) throws -> String {
    try #require(throws: InteropError.self) { try ReportMerge(parts) }.message
  }

  @Test func overlapsAndGapsAreRefused() throws {
    let three = try shards(of: 3)
    #expect(try message(Array(three.dropLast())) == "of the 3 shards of the run, these are missing: 3")
    #expect(try message(three + [("again.json", three[1].report)]) == "2.json and again.json are both shard 2 of 3")
    #expect(try message([three[0]] + shards(of: 2)) == "1.json is shard 1 of 2, and 1.json is shard 1 of 3")
    #expect(try message([("whole.json", whole())]) == "whole.json is the report of a whole run, of no shard")
    let many = try shards(of: 3) { _, report in
      var shard = Report.Shard(number: 3, count: .max)
      shard.places = report.shard?.places ?? []
      report.shard = shard
    }
    #expect(try message([many[0]]).hasSuffix("these are missing: 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, …"))
    #expect(try message([]) == "there is no report to join")
    let twice = try shards(of: 3) { number, report in if number == 3 { report.shard?.places[0] = 0 } }
    #expect(try message(twice).hasPrefix("python-python-python/echo/p2 is in 3.json, and in its place "))
    let lacking = try shards(of: 3) { number, report in
      guard number == 3 else { return }
      report.cells.removeLast()
      report.shard?.places.removeLast()
    }
    #expect(try message(lacking) == "1 cell of 7 are in none of the files, though no shard ended early")
    let beyond = try shards(of: 3) { number, report in if number == 3 { report.shard?.places[0] = 7 } }
    #expect(try message(beyond).hasPrefix("3.json is no report: "))
  }

  @Test func whatDoesNotFitIsNamed() throws {
    func broker(_ version: String) -> Report.Run.Broker {
      .init(
        product: "RabbitMQ", version: version, isPrivate: true, address: "127.0.0.1:\(version.count)", virtualHost: "/")
    }
    func peer(_ runtime: String, _ library: String) -> Report.Peer {
      var peer = Report.Peer(
        RunReport.Peer(
          name: "node", about: "", mode: .live,
          identity: PeerIdentity(
            implementation: "syrpc 1.0.5", runtime: runtime, libraries: ["amqplib": .string(library)]),
          reason: nil))
      peer.location = "/anywhere/\(library)"
      return peer
    }
    func fixtures(_ contract: String) -> Report.Run.Fixtures {
      .init(contract: contract, divergences: "d", payloads: "p", messages: "m")
    }
    func message(_ change: (inout Report) -> Void) throws -> String {
      try self.message(
        try shards(of: 2) { number, report in
          report.run.broker = broker("4.0.5")
          report.run.fixtures = fixtures("c")
          report.peers = [peer("Node.js 20", "0.3.2")]
          if number == 2 { change(&report) }
        })
    }
    for (change, what) in [
      ({ $0.run.syrpc = "0.2.0" }, "syrpc: 0.2.0, and there 0.1.0"),
      ({ $0.run.broker = broker("4.1.0") }, "broker: RabbitMQ 4.1.0, and there RabbitMQ 4.0.5"),
      ({ $0.run.fixtures = fixtures("other") }, "contract: other, and there c"),
      ({ $0.peers = [peer("Node.js 22", "0.3.2")] }, "node: runtime: Node.js 22, and there Node.js 20"),
      ({ $0.peers = [peer("Node.js 20", "0.3.3")] }, "node: amqplib: 0.3.3, and there 0.3.2"),
      ({ $0.peers.append(contentsOf: Sample.report([.pass]).peers) }, "a: mode: missing, and there none"),
      ({ $0.run.faults = "split" }, "faults: split, and there none"),
      ({ $0.shard?.plan = "other" }, "selection: 7 cells, other, and there 7 cells, plan"),
    ] as [((inout Report) -> Void, String)] {
      #expect(try message(change) == "2.json does not fit 1.json: \(what)")
    }
    let both = try message {
      $0.run.syrpc = "\u{1B}[2J"
      $0.run.jansson = "2.15"
    }
    #expect(both.split(separator: "\n").count == 2 && !both.contains("\u{1B}"))
  }
}
