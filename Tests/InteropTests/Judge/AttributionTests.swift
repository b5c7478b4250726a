import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// Who is to blame: causes and consequences.
@Suite struct AttributionTests {
  private func judged(_ change: (inout RecordedEvidence) -> Void, then: (inout Evidence) -> Void = { _ in }) throws
    -> CellResult
  {
    var recorded = try RecordedEvidence()
    recorded.peers = Combination(putter: "a", server: "b", getter: "c")
    change(&recorded)
    var evidence = try recorded.evidence()
    then(&evidence)
    // What the recording departs from anyhow is not what this is about.
    let checks = Judge.checkIDs.filter { !JudgeTests.recordedDepartures.contains($0) }.map(Glob.init)
    return Judge(checks: checks, divergences: [], golden: GoldenMessages()).judge(evidence)
  }

  private func finding(_ check: String, _ role: Role?, _ result: CellResult) -> Finding? {
    result.findings.first { $0.check == check && $0.role == role }
  }

  private static let inVain = PeerError(.timeout, "nothing came")
  /// When the recordings begin, so these tests say; and moments long before and after, as waits begin and are over.
  private let began = "2026-01-01T10:00:00.000Z"
  private let begin = Date(timeIntervalSince1970: 1_767_261_000)
  private let later = Date(timeIntervalSince1970: 1_767_275_000)

  /// The server declares, binds and publishes otherwise, consistently, as one that hashes otherwise does.
  private static func hashesOtherwise(_ recorded: inout RecordedEvidence) {
    recorded.server = recorded.server.changing("queue.declare") { $0.replace("result_queue_0", "result_queue_1") }
      .changing("queue.bind") { $0.replace("result_queue_0", "result_queue_1") }
      .changing("basic.publish") { $0.replace("exchange\u{1}0", "exchange\u{1}1") }
  }

  @Test func whoWaitsForAnotherIsAffectedAndNotToBlame() throws {
    let result = try judged(Self.hashesOtherwise) {
      $0.roles.getter.outcomes = [("get_result", Self.inVain)]
      $0.roles.getter.results = []
    }
    #expect(Set(result.blame.map(\.peer)) == ["b"])
    let get = try #require(finding("outcome.get", .getter, result))
    #expect(get.verdict == .affected)
    guard case .affected(let cause) = get.explanation else { return #expect(Bool(false), "\(get.explanation)") }
    #expect(cause.peer == "b" && cause.role == .server)
    #expect(result.verdict == .fail && result.conformance == .fail && !result.isUnexplained)
  }

  /// Nine checks see a wrong name; one is the cause.
  @Test func oneDeviationIsOneCause() throws {
    let result = try judged {
      $0.server = $0.server.changing("queue.declare") { $0.replace("result_queue_0", "result-queue_0") }
        .changing("queue.bind") { $0.replace("result_queue_0", "result-queue_0") }
    }
    #expect(result.blame == [Blame(peer: "b", role: .server, check: "naming.queue")])
    #expect(result.findings.count { $0.verdict == .fail } > 3)
    for finding in result.findings where finding.verdict == .fail && finding.check != "naming.queue" {
      #expect(finding.explanation == .follows(result.blame[0]), "\(finding)")
    }
  }

  /// A number that has become too large for a double reads as infinity.
  @Test func whatAnotherHasMadeOfTheDataIsNobodyElsesDoing() throws {
    func gets(_ evidence: inout Evidence) {
      evidence.roles.getter.results = [(evidence.resultIDs[0], "Infinity", ReadText(Array("Infinity".utf8)))]
    }
    #expect(try judged({ _ in }, then: gets).blame == [Blame(peer: "c", role: .getter, check: "payload.got")])
    let result = try judged({ $0.payload = 1 }, then: gets)
    let cause = Blame(peer: "a", role: .putter, check: "payload.request")
    #expect(result.blame == [cause])
    #expect(finding("payload.got", .getter, result)?.explanation == .affected(cause))
  }

  /// A getter that waits for several looks in each queue for what belongs there.
  @Test func whatLiesInTheQueueOfAnotherResultNeedNotBeTaken() throws {
    func finding(due: Date? = nil, _ change: (inout RecordedEvidence) -> Void = { _ in }) throws -> Finding? {
      let result = try judged {
        $0.client.head.started = began
        change(&$0)
      } then: { evidence in
        evidence.roles.getter.waits = evidence.resultIDs.map {
          ResultWait(resultID: $0, started: begin, due: due ?? later, ended: .distantFuture, isVain: true)
        }
      }
      return self.finding("take.result", .getter, result)
    }
    #expect(try finding()?.verdict == .fail)
    // Its time was as good as over when it came, however late the peer said so.
    #expect(try finding(due: begin + 601)?.verdict == .skipped)
    #expect(
      try finding {
        $0.client = $0.client.changing("basic.deliver", .fromBroker) { $0.replace("exchange\u{1}0", "exchange\u{1}1") }
      }?.verdict == .skipped)
  }

  /// It may be somebody else's until it is asked for, and in another consumer's hands.
  @Test func whoGivesBackWhatItWaitsForHasItselfToBlame() throws {
    func finding(waitedFrom start: Date, isTaken: Bool = true) throws -> Finding? {
      let result = try judged {
        $0.client.head.started = began
      } then: { evidence in
        // The first result came while the second was waited for, and went back.
        let id = evidence.resultIDs[0]
        evidence.roles.getter.waits = [
          ResultWait(resultID: id, started: start, due: .distantFuture, ended: .distantFuture, isVain: false)
        ]
        if isTaken { evidence.roles.getter.results = [(id, "1", ReadText(Array("1".utf8)))] }
      }
      return self.finding("take.result", .getter, result)
    }
    let given = try finding(waitedFrom: .distantPast)
    #expect(given?.verdict == .fail)
    #expect(given?.observed.contains("given back while it was waited for") == true)
    #expect(try finding(waitedFrom: .distantFuture)?.verdict == .pass)
    #expect(try finding(waitedFrom: .distantPast, isTaken: false)?.verdict == .pass)
  }

  /// It goes back to its queue by itself.
  @Test func whatComesWhenAPeerHasBeenToldToCloseIsNotItsToSettle() throws {
    func finding(toldToClose told: Date?) throws -> Finding? {
      let result = try judged {
        $0.client.head.started = began
        $0.client = $0.client.repeating("basic.reject", times: 0)
      } then: { evidence in
        evidence.roles.getter.toldToClose = told
      }
      return self.finding("reject.requeue", .getter, result)
    }
    #expect(try finding(toldToClose: .distantPast)?.verdict == .skipped)
    #expect(try finding(toldToClose: .distantFuture)?.verdict == .fail)
    #expect(try finding(toldToClose: nil)?.verdict == .fail)
  }

  /// A request that is put twice has one id twice.
  @Test func whatIsPutTwiceIsOneCause() throws {
    #expect(Causality.root(of: "json.result-id", among: ["publish.request", "json.result-id"]) == "publish.request")
    #expect(Causality.root(of: "json.result-id", among: ["json.result-id"]) == nil)
  }

  /// What comes for it later goes to nobody. A peer that is slow says long after its time that it has given up, and has
  /// cancelled in between.
  @Test func whoCancelsWhileItWaitsHasItselfToBlame() throws {
    func consumes(cancelling: Bool, due: Date? = nil) throws -> Finding? {
      let result = try judged { recorded in
        recorded.client.head.started = began
        guard cancelling else { return }
        // basic.cancel in place of the acknowledgements.
        recorded.client = recorded.client.changing("basic.ack") {
          $0 = [1, $0[1], $0[2], 0, 0, 0, 7, 0, 60, 0, 30, 1, 0x74, 0, 0xCE]
        }
      } then: { evidence in
        evidence.roles.getter.waits = evidence.resultIDs.map {
          ResultWait(resultID: $0, started: begin, due: due ?? later, ended: .distantFuture, isVain: true)
        }
      }
      return finding("consume.result", .getter, result)
    }
    #expect(try consumes(cancelling: false)?.verdict == .pass)
    #expect(try consumes(cancelling: true)?.verdict == .fail)
    #expect(try consumes(cancelling: true, due: begin)?.verdict == .pass)
  }

  @Test func theFirstOnTheWireComesFirst() throws {
    func both(_ recorded: inout RecordedEvidence) {
      recorded.client = recorded.client.changing("exchange.declare") { $0.replace("direct", "fanout") }
      recorded.server = recorded.server.changing("basic.publish") { $0.replace("exchange\u{1}0", "exchange\u{1}1") }
    }
    func first(client: String, server: String) throws -> Role? {
      try judged {
        both(&$0)
        $0.client.head.started = client
        $0.server.head.started = server
      }.blame.first?.role
    }
    #expect(try first(client: began, server: "2026-01-01T11:00:00.000Z") == .putter)
    #expect(try first(client: "2026-01-01T11:00:00.000Z", server: began) == .server)
  }

  @Test func whatNoFrameExplainsIsTheHarnesssOwnProblem() throws {
    let result = try judged({ _ in }) {
      $0.roles.getter.outcomes = [("get_result", Self.inVain)]
      $0.roles.getter.results = []
    }
    #expect(result.blame.isEmpty && result.isUnexplained)
    #expect(finding("outcome.get", .getter, result)?.explanation == .nobody)
    #expect(RunSummary.lines(result).joined().contains("nobody's frames explain it"))
  }

  @Test func whoRefusesIsToBlameIfNobodyElseIs() throws {
    func refuses(_ evidence: inout Evidence) {
      evidence.roles.getter.outcomes = [("get_result", PeerError(.failed, "ValueError"))]
    }
    #expect(try judged({ _ in }, then: refuses).blame == [Blame(peer: "c", role: .getter, check: "outcome.get")])
    #expect(Set(try judged(Self.hashesOtherwise, then: refuses).blame.map(\.peer)) == ["b"])
  }

  /// A key that nobody reads keeps no result from anybody.
  @Test func whatHurtsNobodyExplainsNothing() throws {
    let result = try judged {
      $0.client = $0.client.changing("basic.publish") { $0[$0.count - 2] = 0 }
    } then: {
      $0.roles.server.seen = []
      $0.roles.getter.outcomes = [("get_result", Self.inVain)]
    }
    #expect(result.isUnexplained)
  }

  @Test func whatWasNotSelectedStillExplains() throws {
    var recorded = try RecordedEvidence()
    recorded.peers = Combination(putter: "a", server: "b", getter: "c")
    Self.hashesOtherwise(&recorded)
    var evidence = try recorded.evidence()
    evidence.roles.getter.outcomes = [("get_result", Self.inVain)]
    let result = Judge(checks: [Glob("outcome.get")], divergences: [], golden: GoldenMessages()).judge(evidence)
    #expect(result.findings.allSatisfy { $0.check == "outcome.get" })
    #expect(result.verdict == .affected)
  }

  @Test func everyCheckThatIsNamedIsThere() {
    #expect(Causality.named.subtracting(Judge.checkIDs).isEmpty)
  }

  /// A loop would have no cause.
  @Test func whatFollowsFromWhatHasNoLoops() {
    let all = Set(Judge.checkIDs)
    for check in Judge.checkIDs { #expect(Causality.root(of: check, among: all) != check, "\(check)") }
  }

  @Test func whatWeighsLessThanWhatCountsIsANote() throws {
    func verdict(_ level: Level) throws -> Verdict? {
      let evidence = try RecordedEvidence().evidence()
      return Judge(divergences: [], golden: GoldenMessages(), level: level).judge(evidence).findings.first {
        $0.check == "publish.mandatory" && $0.role == .putter
      }?.verdict
    }
    #expect(try verdict(.required) == .note)
    #expect(try verdict(.recommended) == .fail)
    #expect(try verdict(.informational) == .fail)
  }
}
