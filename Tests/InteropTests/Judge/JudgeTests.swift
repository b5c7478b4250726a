import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

/// A defect that a peer could have, put into its recorded frames.
struct Defect: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let role: Role
  let check: String
  let change: @Sendable (inout RecordedEvidence) -> Void

  init(
    _ description: String, _ role: Role, _ check: String, _ change: @escaping @Sendable (inout RecordedEvidence) -> Void
  ) {
    testDescription = description
    self.role = role
    self.check = check
    self.change = change
  }
}

@Suite struct JudgeTests {
  /// What the recording departs from in any case: known of the reference, or of the way in which it was recorded.
  static let recordedDepartures: Set<String> = [
    "publish.mandatory", "consumer.cancelled", "connection.close",
  ]

  @Test func theRecordingItselfPasses() throws {
    let result = Judge(divergences: [], golden: GoldenMessages()).judge(try RecordedEvidence().evidence())
    for finding in result.findings where finding.verdict == .fail {
      #expect(Self.recordedDepartures.contains(finding.check), "\(finding)")
    }
    #expect(result.findings.count { $0.verdict == .pass } > 50)
  }

  static let defects: [Defect] = [
    Defect("result queue with another name", .server, "naming.queue") {
      $0.server = $0.server.changing("queue.declare") { $0.replace("result_queue_0", "result_queue-0") }
    },
    Defect("result queue with another name", .server, "hash.declared-queue") {
      $0.server = $0.server.changing("queue.declare") { $0.replace("result_queue_0", "result_queue_1") }
    },
    Defect("request exchange with another name", .putter, "publish.request") {
      $0.client = $0.client.changing("basic.publish") { $0.replace("one_request", "one-request") }
    },
    Defect("exchange that is not direct", .server, "exchange.type") {
      $0.server = $0.server.changing("exchange.declare") { $0.replace("direct", "fanout") }
    },
    Defect("exchange that is not durable", .getter, "exchange.flags") {
      // The flags stand before the empty table of arguments and the frame's end.
      $0.client = $0.client.changing("exchange.declare") { $0[$0.count - 6] = 0 }
    },
    Defect("queue that is not durable", .server, "queue.flags") {
      $0.server = $0.server.changing("queue.declare", where: { $0.frame.fields["arguments"] == [:] }) {
        $0[$0.count - 6] = 0
      }
    },
    Defect("other x-expires", .server, "queue.arguments") {
      $0.server = $0.server.changing("queue.declare", where: { $0.frame.fields["arguments"] != [:] }) {
        $0[$0.count - 2] ^= 1
      }
    },
    Defect("argument of another type", .server, "queue.argument-types") {
      $0.server = $0.server.changing("queue.declare") { $0.replace("x-expiresI", "x-expiresf") }
    },
    Defect("binding by another key", .server, "binding.result") {
      $0.server = $0.server.changing("queue.bind", where: { $0.frame.fields["routing-key"] == "0" }) {
        $0.replace("exchange\u{1}0", "exchange\u{1}1")
      }
    },
    Defect("binding to another exchange", .server, "binding.result-exchange") {
      $0.server = $0.server.changing("queue.bind", where: { $0.frame.fields["routing-key"] == "0" }) {
        $0.replace("result_exchange", "result-exchange")
      }
    },
    Defect("result to another exchange", .server, "publish.result-exchange") {
      $0.server = $0.server.changing("basic.publish") { $0.replace("result_exchange", "result-exchange") }
    },
    Defect("no binding", .server, "declare.result") { $0.server = $0.server.repeating("queue.bind", times: 0) },
    Defect("result by another routing key", .server, "hash.routing-key") {
      $0.server = $0.server.changing("basic.publish") { $0.replace("exchange\u{1}0", "exchange\u{1}1") }
    },
    Defect("result published twice", .server, "publish.result") {
      let publishes = $0.server.messages.filter { $0.method == "basic.publish" }
      guard let first = publishes.first else { return }
      let copy = $0.server.entries.filter { (first.entry...first.lastEntry).contains($0.number) }
      $0.server.entries += copy
    },
    Defect("other content type", .putter, "properties.content-type") {
      $0.client = $0.client.changing("header") { $0.replace("application/json", "application/jsom") }
    },
    Defect("transient messages", .server, "properties.delivery-mode") {
      // delivery_mode and priority are the last properties: before them, nothing ends in 2, 0.
      $0.server = $0.server.changing("header") { $0[$0.count - 3] = 1 }
    },
    Defect("key with another name", .server, "json.keys") {
      $0.server = $0.server.changing("body") { $0.replace("\"result_id\"", "\"result-id\"") }
    },
    Defect("body that is not UTF-8", .putter, "json.encoding") {
      $0.client = $0.client.changing("body") { $0[$0.count - 4] = 0xFF }
    },
    Defect("body that is not JSON", .putter, "json.document") {
      $0.client = $0.client.changing("body") { $0[$0.count - 2] = UInt8(ascii: ",") }
    },
    Defect("result id in upper case", .putter, "json.result-id") {
      $0.client = $0.client.changing("body") { bytes in
        bytes = bytes.map { (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) ? $0 - 32 : $0 }
        bytes.replace("rEsult_iD", "result_id")
      }
    },
    Defect("other request type", .putter, "json.type") {
      $0.client = $0.client.changing("body") { $0.replace("\"echo\"", "\"ecHo\"") }
    },
    Defect("request acknowledged twice", .server, "ack.request") {
      $0.server = $0.server.repeating("basic.ack", times: 2)
    },
    Defect("request never acknowledged", .server, "ack.request") {
      $0.server = $0.server.repeating("basic.ack", times: 0)
    },
    Defect("result acknowledged twice", .getter, "ack.result") {
      $0.client = $0.client.repeating("basic.ack", times: 2)
    },
    Defect("a result for another acknowledged together with one's own", .getter, "ack.result") {
      $0.client = $0.client.repeating("basic.reject", times: 0).changing("basic.ack") { $0[$0.count - 2] = 1 }
    },
    Defect("acknowledged with others, and never answered", .server, "ack.multiple") {
      $0.server = $0.server.repeating("basic.publish", times: 0).changing("basic.ack") { $0[$0.count - 2] = 1 }
    },
    Defect("results for others discarded together", .getter, "reject.requeue") {
      $0.client = $0.client.changing("basic.reject") { $0.makeNack(requeue: false) }
    },
    Defect("a result got and given back together with others", .getter, "ack.result") {
      $0.client = $0.client.repeating("basic.ack", times: 0).changing("basic.reject") { $0.makeNack(requeue: true) }
    },
    Defect("foreign result rejected without requeue", .getter, "reject.requeue") {
      $0.client = $0.client.changing("basic.reject") { $0[$0.count - 2] = 0 }
    },
    Defect("foreign result kept", .getter, "reject.requeue") {
      $0.client = $0.client.repeating("basic.reject", times: 0)
    },
    Defect("consumer without acknowledgement", .getter, "consumer.flags") {
      $0.client = $0.client.changing("basic.consume") { $0[$0.count - 6] |= 2 }
    },
    Defect("mandatory is recommended", .putter, "publish.mandatory") { _ in },
    Defect("immediate", .putter, "publish.immediate") {
      $0.client = $0.client.changing("basic.publish") { $0[$0.count - 2] = 2 }
    },
  ]

  @Test(arguments: defects) func aDefectIsFoundAndAttributed(_ defect: Defect) throws {
    var recorded = try RecordedEvidence()
    defect.change(&recorded)
    let finding = try #require(try recorded.finding(defect.check, defect.role))
    #expect(finding.verdict == .fail)
    #expect(finding.peer == "python")
    #expect(finding.expected != finding.observed)
  }

  /// What is acknowledged already is not settled again by a basic.nack for all up to a later one.
  @Test func foreignResultsMayGoBackTogether() throws {
    var recorded = try RecordedEvidence()
    recorded.client = recorded.client.changing("basic.reject") { $0.makeNack(requeue: true) }
    for check in ["reject.requeue", "ack.result"] {
      #expect(try recorded.finding(check, .getter)?.verdict == .pass, "\(check)")
    }
  }

  @Test func aFailedGetHidesNoWrongReject() throws {
    var recorded = try RecordedEvidence()
    recorded.client = recorded.client.changing("basic.reject") { $0[$0.count - 2] = 0 }
    var evidence = try recorded.evidence()
    evidence.roles.getter.outcomes = [("get_result", PeerError(.timeout, "nothing came"))]
    let findings = Judge(divergences: [], golden: GoldenMessages()).judge(evidence).findings
    #expect(findings.first { $0.check == "reject.requeue" && $0.role == .getter }?.verdict == .fail)
    #expect(findings.first { $0.check == "ack.result" }?.verdict == .skipped)
  }

  @Test func whatIsLeftInTheBrokerFails() throws {
    var evidence = try RecordedEvidence().evidence()
    evidence.leftovers = [QueueLeftover(queue: "q", messages: 1, consumers: 2)]
    let finding = Judge(divergences: [], golden: GoldenMessages()).judge(evidence).findings.last
    #expect(finding?.check == "broker.clean")
    #expect(finding?.verdict.isUnexpected == true)
    #expect(finding?.observed == "q: 1 messages, 2 consumers")
  }

  @Test func aResultThatIsLostInItsQueueIsTheServersFailure() throws {
    var evidence = try RecordedEvidence().evidence()
    evidence.roles.server.isKept = false
    let findings = Judge(divergences: [], golden: GoldenMessages()).judge(evidence).findings
    let kept = findings.first { $0.check == "publish.kept" && $0.role == .server }
    #expect(kept?.verdict.isUnexpected == true && kept?.observed == "not in its queue")
    #expect(findings.first { $0.check == "publish.kept" && $0.role == .putter }?.verdict == .skipped)
  }

  @Test func aPutterThatKeepsAnothersResultIsBlamedForIt() throws {
    var evidence = try RecordedEvidence().evidence()
    // It asked for one of the two results, and did nothing with the other.
    let own = evidence.resultIDs[0]
    evidence.roles.putter.askedFor = [own]
    evidence.roles.putter.conversations = evidence.roles.getter.conversations.map { conversation in
      let tags = conversation.delivered.filter { $0.resultID != own }.compactMap(\.deliveryTag)
      var transcript = conversation.transcript
      transcript.entries.removeAll { entry in
        guard let method = entry.frame.method, method.name == "basic.reject" || method.name == "basic.ack" else {
          return false
        }
        return tags.contains { $0.description == method.fields["delivery-tag"]?.description }
      }
      return Conversation(transcript)
    }
    evidence.roles.getter.conversations = []
    evidence.roles.getter.outcomes = [("get_result", PeerError(.timeout, "nothing came"))]
    let findings = Judge(divergences: [], golden: GoldenMessages()).judge(evidence).findings
    #expect(findings.first { $0.check == "reject.requeue" && $0.role == .putter }?.verdict == .fail)
    let get = findings.first { $0.check == "outcome.get" && $0.role == .getter }
    #expect(get?.verdict == .skipped && get?.observed.contains("the putter holds") == true)
  }

  @Test func everyCheckIsDocumented() throws {
    let text = String(decoding: try Files.read(checkoutFolder / "interop/README.rst"), as: UTF8.self)
    for id in Judge.checkIDs { #expect(text.contains("``\(id)``"), "\(id)") }
  }

  /// Nothing would be compared.
  @Test func aGoldenSetThatIsNotThereFails() throws {
    let judge = Judge(divergences: [], golden: try GoldenMessages(folder: try checkout().messages))
    func finding(_ golden: JSON?) throws -> Finding? {
      var hello: JSONObject = ["implementation": "a", "runtime": "b", "features": ["put_request"]]
      hello["golden"] = golden
      var evidence = try RecordedEvidence().evidence()
      var putter = RoleEvidence(peer: "python", identity: try PeerIdentity(hello: .object(hello)))
      putter.conversations = evidence.roles.putter.conversations
      evidence.roles.putter = putter
      return judge.judge(evidence).findings.first { $0.check == "json.golden" && $0.role == .putter }
    }
    let unknown = try finding("nobody")
    #expect(unknown?.verdict == .fail)
    #expect(unknown?.observed == "nobody")
    #expect(unknown?.expected?.contains("python2") == true)
    #expect(try finding(nil)?.verdict == .skipped)
  }
}

extension [UInt8] {
  /// Makes a frame with basic.reject one with basic.nack for all deliveries up to the same.
  fileprivate mutating func makeNack(requeue: Bool) {
    self[10] = 120
    self[count - 2] = requeue ? 3 : 1
  }
}
