import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropProposals
@testable import InteropReport
@testable import InteropSupport

@Suite struct CanDeployTests {
  private typealias Call = (putter: String, server: String, getter: String, verdict: Verdict)

  /// A report of calls between a released Python and a local checkout of Node.
  private func report(
    _ cells: [Call], started: String = "2026-01-01T00:00:00Z", scenario: Scenario = .echo,
    commit: String? = "0ae391c5b9db", isModified: Bool = false, claim: String? = nil
  ) throws -> Report {
    func identity(_ implementation: String) throws -> PeerIdentity {
      try PeerIdentity(
        hello: [
          "implementation": .string(implementation), "runtime": "R 3.11.2", "features": ["serve"], "libraries": [:],
        ])
    }
    var peers = [
      RunReport.Peer(name: "python", about: "", mode: .live, identity: try identity("syrpc 1.0"), reason: nil),
      RunReport.Peer(
        name: "node@next", about: "", mode: .live, identity: try identity("syrpc"), reason: nil,
        reference: LocalReference(path: "/x", commit: commit, isModified: isModified)),
      RunReport.Peer(
        name: "php@next", about: "", mode: .live, identity: try identity("syrpc 2.0"), reason: nil,
        reference: LocalReference(path: "/y", commit: "4125f50aaaaa", isModified: false)),
    ]
    peers[1].contract = claim
    var report = Sample.report(
      cells.map { cell in
        CellResult(
          cell: Cell(
            combination: Combination(putter: cell.putter, server: cell.server, getter: cell.getter), scenario: scenario,
            payload: "hello"),
          findings: [
            Finding(
              check: "outcome.get", level: .required, role: .getter, peer: cell.getter, verdict: cell.verdict,
              expected: nil, observed: "", divergence: nil)
          ])
      }, peers: peers)
    report.run.started = started
    return report
  }

  private static let all: [Call] =
    ["python", "node@next"].flatMap { putter in
      ["python", "node@next"].flatMap { server in
        ["python", "node@next"].map { (putter, server, $0, .pass) }
      }
    }

  private func answer(_ subject: String, _ other: String, _ reports: Report...) throws -> CanDeploy {
    try CanDeploy(subject, with: [other], reports: reports.enumerated().map { ("r\($0.offset).json", $0.element) })
  }

  @Test func everythingThatWasRunAndWorkedIsYes() throws {
    let report = try report(Self.all)
    for subject in ["node@next", "node@0ae391c"] {
      for other in ["python@1.0", "python@3.11"] {
        let answer = try answer(subject, other, report)
        #expect(answer.isYes, "\(answer.lines)")
        // Requests and results to and from the other, and to itself.
        #expect(answer.answers.count == 6)
      }
    }
  }

  @Test func whatWasNeverRunIsUnknownAndNeverYes() throws {
    #expect(try !answer("node@next", "python@1.1", try report(Self.all)).isYes)
    #expect(try !answer("node@0ae391d", "python@1.0", try report(Self.all)).isYes)
    #expect(try !answer("node@next", "python@1.0", try report([])).isYes)
    let without = Self.all.filter { !($0.putter == "python" && $0.server == "node@next") }
    let answer = try answer("node@next", "python@1.0", try report(without))
    #expect(!answer.isYes)
    #expect(answer.answers.filter { $0.truth == .unknown }.map { "\($0.leg) \($0.writer)" } == ["requests python@1.0"])
    // Another scenario says nothing of the plain call.
    #expect(try !self.answer("node@next", "python@1.0", try report(Self.all, scenario: .apart)).isYes)
  }

  @Test func aFailureIsNoAndNamesItsCell() throws {
    let cells = Self.all.map { $0.server == "node@next" && $0.getter == "python" ? ($0.0, $0.1, $0.2, .fail) : $0 }
    let answer = try answer("node@next", "python@1.0", try report(cells))
    #expect(!answer.isYes)
    #expect(answer.lines.contains { $0.hasPrefix("results of node@next to python@1.0: NO") })
    #expect(answer.lines.contains { $0.contains("node@next-node@next-python/echo/hello  r0.json") })
    // A known divergence of the outcome is a call that cannot be made.
    let known = Self.all.map { $0.getter == "python" && $0.server != "python" ? ($0.0, $0.1, $0.2, .known) : $0 }
    #expect(try !self.answer("node@next", "python@1.0", try report(known)).isYes)
  }

  @Test func theLatestCounts() throws {
    let failed = Self.all.map { ($0.putter, $0.server, $0.getter, Verdict.fail) }
    let old = try report(failed, started: "2026-01-01T00:00:00Z")
    let new = try report(Self.all, started: "2026-01-02T00:00:00Z")
    #expect(try answer("node@next", "python@1.0", new, old).isYes)
    #expect(try answer("node@next", "python@1.0", old, new).isYes)
    let newest = try report(failed, started: "2026-01-03T00:00:00Z")
    #expect(try !answer("node@next", "python@1.0", new, newest).isYes)
  }

  @Test func whatANameMeantBeforeSaysNothing() throws {
    let first = Self.all.filter { $0.server == "python" }
    let second = Self.all.filter { $0.server != "python" }
    func answer(_ old: Report, _ new: Report) throws -> CanDeploy {
      try self.answer("node@next", "python@1.0", old, new)
    }
    let later = "2026-01-02T00:00:00Z"
    // Two runs of the same, each of half of the cells.
    #expect(try answer(try report(first), try report(second, started: later)).isYes)
    for (old, new) in [
      (try report(first, commit: "111111111111"), try report(second, started: later)),
      (try report(first, isModified: true), try report(second, started: later, isModified: true)),
      (try report(first, commit: nil), try report(second, started: later, commit: nil)),
      (try report(first, claim: "one"), try report(second, started: later, claim: "another")),
    ] {
      let answer = try answer(old, new)
      #expect(!answer.isYes && !answer.answers.contains { $0.truth == .fails })
      #expect(answer.lines.contains("left out: node@next was another one in r0.json"))
      #expect(try self.answer("node@next", "python@1.0", new).leftOut.isEmpty)
    }
  }

  @Test func cellsOfThreePeersCount() throws {
    let all = ["python", "node@next", "php@next"]
    let names = ["php@next", "python@1.0"]
    func cells(_ verdict: (String, String, String) -> Verdict) -> [Call] {
      all.flatMap { putter in
        all.flatMap { server in all.map { (putter, server, $0, verdict(putter, server, $0)) } }
      }
    }
    func answer(_ cells: [Call]) throws -> CanDeploy {
      try CanDeploy("node@next", with: names, reports: [("r.json", try report(cells))])
    }
    #expect(try answer(cells { _, _, _ in .pass }).isYes)
    // What fails only where all three meet fails where they are deployed.
    let failing = cells { $0 == "php@next" && $1 == "node@next" && $2 == "python" ? .fail : .pass }
    #expect(
      try answer(failing).answers.filter { $0.truth == .fails }.map { "\($0.leg) \($0.writer) \($0.reader)" }
        == ["results node@next python@1.0"])
    // They are enough, too.
    #expect(try answer(cells { _, _, _ in .pass }.filter { Set([$0.putter, $0.server, $0.getter]).count != 2 }).isYes)
  }

  @Test func aNameNeedsAVersion() throws {
    #expect(throws: InteropError.self) { try answer("node", "python@1.0", try report(Self.all)) }
    #expect(throws: InteropError.self) { try answer("node@next", "node@next", try report(Self.all)) }
  }
}
