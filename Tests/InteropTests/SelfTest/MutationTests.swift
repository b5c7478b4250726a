import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSelfTest

@Suite struct MutationTests {
  @Test func eachHasANameOfItsOwnAndACheckThatJudgesItsRole() throws {
    let names = Mutation.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 60)
    let rules = Judge(divergences: [], golden: GoldenMessages()).rules
    for mutation in Mutation.all {
      let rule = try #require(rules.first { $0.id == mutation.check }, "\(mutation.name)")
      #expect(mutation.isNamed ? rule.roles.contains(mutation.role) : rule.roles.isEmpty, "\(mutation.name)")
    }
  }

  @Test func noCheckIsWithoutThoseThatItHasToFind() {
    let rules = Judge(divergences: [], golden: GoldenMessages()).rules
    for rule in rules {
      let count = Mutation.all.count { $0.check == rule.id }
      #expect(count >= (rule.level == .required ? 2 : 1), "\(rule.id)")
    }
  }

  /// A new peer has no golden messages yet: its self-test must not miss what is not looked for.
  @Test func aCheckThatIsSkippedForAPeerIsNotPutToTheTest() throws {
    let judge = Judge(divergences: [], golden: GoldenMessages())
    let mutation = try #require(Mutation.all.first { $0.check == "json.golden" && $0.role == .putter })
    let cell = Cell(
      combination: Combination(putter: "new", server: "old", getter: "old"), scenario: .echo, payload: "hello")
    func identity(_ golden: JSON?) throws -> PeerIdentity {
      var hello: JSONObject = ["implementation": "i", "runtime": "r", "features": ["put_request"]]
      hello["golden"] = golden
      return try PeerIdentity(hello: .object(hello))
    }
    let old = try identity("set")
    #expect(judge.lists(cell, mutation, ["new": try identity(nil), "old": old]))
    #expect(!judge.lists(cell, mutation, ["new": try identity("set"), "old": try identity(nil)]))
    let other = try #require(Mutation.all.first { $0.check == "json.keys" && $0.role == .putter })
    #expect(!judge.lists(cell, other, ["new": try identity(nil), "old": old]))
  }
}

@Suite struct SelfTestReportTests {
  private let rules = Rule.all.filter { $0.id == "queue.flags" || $0.id == "publish.mandatory" }
  private let mutations = Mutation.all.filter { $0.check == "queue.flags" || $0.check == "publish.mandatory" }

  private func report(_ outcome: (Mutation) -> Planting.Outcome) -> SelfTestReport {
    let cell = Cell(
      combination: Combination(putter: "a", server: "b", getter: "c"), scenario: .echo, payload: "hello")
    return SelfTestReport(
      mutations.map { mutation in
        Planting.Result(
          planting: Planting(mutation: mutation, peer: "a", cell: cell), outcome: outcome(mutation), milliseconds: 1)
      }, mutations: mutations, rules: rules)
  }

  @Test func allCaughtIsAsExpected() {
    let report = report { _ in .caught(blamed: []) }
    #expect(report.isAsExpected)
    #expect(report.lines.count == 2)
    #expect(report.json["attributed"]?.integerValue == Int64(mutations.count))
  }

  /// As for a new peer, of which nothing is recorded.
  @Test func withoutARecordingWhatIsAboutReplaysIsLeftOut() {
    let all = Judge(divergences: [], golden: GoldenMessages()).rules
    for hasRecordings in [true, false] {
      let report = SelfTestReport([], mutations: Mutation.all, rules: all, hasRecordings: hasRecordings)
      let complaints = (report.unplanted + report.uncovered).filter { $0.contains("replay.") }
      #expect(complaints.isEmpty != hasRecordings)
      let told = report.lines.contains { $0.hasSuffix("left out: replay.fits, replay.bytes") }
      #expect(told != hasRecordings)
      #expect(report.uncovered.contains { $0.hasPrefix("queue.flags") })
    }
  }

  @Test func oneMissedIsNot() {
    let missed = mutations[0].name
    let report = report { $0.name == missed ? .missed("pass: durable") : .caught(blamed: []) }
    #expect(!report.isAsExpected)
    #expect(report.lines.contains("MISSED  a \(missed)"))
    #expect(report.lines.contains { $0.contains("pass: durable") })
  }

  @Test func oneThatBlamesOthersIsNot() {
    let blaming = mutations[1].name
    let report = report { .caught(blamed: $0.name == blaming ? ["getter: queue.flags"] : []) }
    #expect(!report.isAsExpected)
    #expect(report.caught.count == mutations.count && report.attributed.count == mutations.count - 1)
    #expect(report.lines.contains { $0.contains("getter: queue.flags") })
  }

  @Test func oneThatCouldNotBePlantedAnywhereIsNot() {
    let unplanted = mutations[2].name
    let report = report { $0.name == unplanted ? .inapplicable("nothing of the kind") : .caught(blamed: []) }
    #expect(!report.isAsExpected)
    #expect(report.lines.contains { $0.contains("NOT PLANTED  \(unplanted)") })
  }

  @Test func aCheckThatTooFewFailIsNot() {
    let one = mutations.first { $0.check == "queue.flags" }?.name
    let report = report { mutation in
      mutation.check == "queue.flags" && mutation.name != one ? .inapplicable("") : .caught(blamed: [])
    }
    #expect(report.uncovered.count == 1 && report.uncovered[0].hasPrefix("queue.flags: 1 "))
  }

  @Test func nothingPlantedIsNot() {
    #expect(!SelfTestReport([], mutations: [], rules: []).isAsExpected)
  }
}
