import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

/// What was seen of a cell is written and read, and judged again.
@Suite struct EvidenceFolderTests {
  private func evidence(_ peers: Combination = Combination(putter: "a", server: "b", getter: "c")) throws -> Evidence {
    var recorded = try RecordedEvidence()
    recorded.peers = peers
    var evidence = try recorded.evidence()
    evidence.virtualHost = "/"
    evidence.roles.putter.age = 3
    for id in evidence.resultIDs { evidence.roles.putter.putEnds[id] = Date(timeIntervalSince1970: 1_750_000_000.125) }
    evidence.roles.server.outcomes.append(("close", PeerError(.broken, "it sent no line for 30 s")))
    evidence.roles.server.seen.append(
      (SeenRequest(type: "echo", resultID: "x", payload: "[1,"), ReadText(Array("[1,".utf8))))
    evidence.roles.getter.isKept = false
    evidence.roles.getter.results.append(("y", #"{"a": "\u0000"}"#, ReadText(Array(#"{"a": "\u0000"}"#.utf8))))
    evidence.roles.getter.waits.append(
      ResultWait(
        resultID: "z", started: Date(timeIntervalSince1970: 1_750_000_001),
        due: Date(timeIntervalSince1970: 1_750_000_002), ended: Date(timeIntervalSince1970: 1_750_000_002.5),
        isVain: true))
    evidence.roles.getter.toldToClose = Date(timeIntervalSince1970: 1_750_000_003)
    evidence.leftovers = [QueueLeftover(queue: "q", messages: 1, consumers: 2)]
    evidence.brokerProblem = "it did not answer"
    return evidence
  }

  private func judged(_ evidence: Evidence) throws -> [String] {
    let judge = Judge(
      divergences: try Divergence.read(try checkout().divergences),
      golden: try GoldenMessages(folder: try checkout().messages))
    return judge.judge(evidence).findings.map { "\($0)" }
  }

  private func read(_ folder: String) throws -> (Evidence, broker: Version?) {
    try EvidenceFolder(folder).read(
      try Contract(try checkout().contract), transcripts: try checkout().transcripts)
  }

  @Test func whatIsReadComesToTheSameVerdict() async throws {
    try await withTemporaryFolder { folder in
      let evidence = try evidence()
      try EvidenceFolder(folder).write(evidence, broker: Version("4.0.5"))
      let (again, broker) = try read(folder)
      #expect(broker == Version("4.0.5"))
      #expect(again.json(broker: broker) == evidence.json(broker: broker))
      #expect(try judged(again) == judged(evidence))
      #expect(try EvidenceFolder.all(in: (folder as NSString).deletingLastPathComponent).map(\.path).contains(folder))
    }
  }

  @Test func aRecordingPlaysItsRolesAgain() async throws {
    try await withTemporaryFolder { folder in
      let recorded = try RecordedConversation(
        folder: try checkout().transcripts, name: "python-default-client-1.jsonl")
      var evidence = try evidence(recorded.combination)
      for role in recorded.roles {
        var peer = RoleEvidence(peer: recorded.peer, identity: recorded.identity)
        peer.replay = (recorded, ReplayMismatch(expected: "basic.ack", observed: "nothing"))
        peer.conversations = [Conversation(recorded.transcript)]
        evidence.roles[role] = peer
      }
      let cell = Cell(
        combination: recorded.combination, scenario: recorded.scenario, payload: RecordedConversation.payload,
        recording: recorded.name)
      evidence = Evidence(
        cell: cell,
        topology: ExpectedTopology(evidence.topology.contract, appName: recorded.appName, recorded.scenario),
        calls: evidence.calls, roles: evidence.roles)
      try EvidenceFolder(folder).write(evidence, broker: nil)
      let (again, broker) = try read(folder)
      #expect(broker == nil)
      #expect(try judged(again) == judged(evidence))
    }
  }

  @Test(
    arguments: [
      (#""scenario": "collision""#, #""scenario": "colision""#, "there is no such scenario"),
      (#""app_name""#, #""ap_name""#, "\"ap_name\" means nothing here"),
      (#"broken""#, #"broke""#, "\"error\" is \"broke\", which is none"),
      ("1750000001.0", #""now""#, "is a string, not a number"),
      (#""is_kept": false"#, #""is_kept": 0"#, "is an integer, not a boolean"),
      ("putter-1.jsonl", "putter-9.jsonl", "putter-9.jsonl"),
    ])
  func whatCannotBeUnderstoodIsNamed(_ part: String, _ other: String, _ complaint: String) async throws {
    try await withTemporaryFolder { folder in
      try EvidenceFolder(folder).write(try evidence(), broker: nil)
      let file = folder / EvidenceFolder.fileName
      let text = String(decoding: try Files.read(file), as: UTF8.self)
      try #require(text.contains(part))
      try Files.write(Array(text.replacingOccurrences(of: part, with: other).utf8), to: file)
      let error = #expect(throws: InteropError.self) { try read(folder) }
      #expect(error?.message.contains(complaint) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains(folder) == true)
    }
  }

  @Test func aFolderWithoutEvidenceIsNamed() async throws {
    try await withTemporaryFolder { folder in
      #expect(
        throws: InteropError(
          "\(folder): there is no evidence.json in it, or below it; a run keeps one of each cell that it keeps")
      ) {
        try EvidenceFolder.all(in: folder)
      }
      #expect(throws: InteropError("\(folder)/x: there is no such folder")) {
        try EvidenceFolder.all(in: folder + "/x")
      }
    }
  }
}
