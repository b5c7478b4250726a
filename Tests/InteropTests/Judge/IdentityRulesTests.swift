import SyRPCWire
import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite struct IdentityRulesTests {
  /// What `identity.client` says of the recorded server, whose py-amqp is 2.6.1.
  private func finding(
    _ libraries: JSONObject?, isReplay: Bool = false, _ change: (inout RecordedEvidence) -> Void = { _ in }
  ) throws -> Finding {
    var recorded = try RecordedEvidence()
    change(&recorded)
    var evidence = try recorded.evidence()
    let identity = libraries.map { PeerIdentity(implementation: "syrpc 1.0", runtime: "CPython", libraries: $0) }
    var server = RoleEvidence(peer: "python", identity: identity)
    server.conversations = evidence.roles.server.conversations
    if isReplay {
      let folder = try checkout().transcripts
      server.replay = (try RecordedConversation(folder: folder, name: "python-collision-server-0.jsonl"), nil)
    }
    evidence.roles.server = server
    return try #require(
      Judge(checks: [Glob("identity.client")], divergences: [], golden: GoldenMessages()).judge(evidence).findings
        .first { $0.role == .server })
  }

  @Test func theVersionOfHelloIsThatOfTheWire() throws {
    let finding = try finding(["kombu": "4.6.11", "amqp": "2.6.1"])
    #expect(finding.verdict == .pass && finding.observed == "py-amqp 2.6.1")
  }

  @Test func anotherOneIsNoted() throws {
    let finding = try finding(["amqp": "5.0.0"])
    #expect(finding.verdict == .fail)
    #expect(finding.expected == "as hello says, 5.0.0" && finding.observed == "py-amqp 2.6.1")
  }

  @Test func aLibraryMayCallItselfAsItIsNamed() throws {
    let finding = try finding(["myamqps": "2.6.1"]) {
      $0.server = $0.server.changing("connection.start-ok") { $0.replace("py-amqp", "MyAMQPs") }
    }
    #expect(finding.verdict == .pass)
    #expect(try self.finding(["py-amqp": "2.6.1"]).verdict == .skipped, "it is known under another name")
  }

  @Test(arguments: [nil, [:], ["kombu": "4.6.11"]] as [JSONObject?]) func whatIsNotNamedIsNotJudged(
    _ libraries: JSONObject?
  ) throws {
    #expect(try finding(libraries).verdict == .skipped)
  }

  @Test func aRecordingIsNot() throws {
    #expect(try finding(["amqp": "5.0.0"], isReplay: true).verdict == .skipped)
  }
}
