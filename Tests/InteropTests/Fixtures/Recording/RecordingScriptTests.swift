import SyRPCWire
import Testing
import WireTap

@testable import InteropFixtures
@testable import InteropModel
@testable import InteropSupport

/// The scenarios of recordings, and their ids.
@Suite(.timeLimit(.minutes(10))) struct RecordingScriptTests {
  @Test func thoseOfTheCheckoutAreThoseThatThereAreRecordingsOf() throws {
    let scripts = try RecordingScript.read(try checkout())
    #expect(scripts.map(\.name) == ["default", "settings", "collision"])
    for script in scripts {
      let recorded = try RecordedConversation(
        folder: try checkout().transcripts, name: "php-\(script.name)-client-1.jsonl")
      #expect(script.appName(of: "php") == recorded.appName)
      #expect(script.scenario == recorded.scenario)
      #expect(script.settings(of: "php") == recorded.transcript.head.facts["settings"])
      #expect(
        Conversation(recorded.transcript).published.map(\.data) == script.calls.map { try? JSON(exactly: $0.utf8) })
    }
  }

  @Test(arguments: [
    (#""app_name": "golden_{peer}","#, #""app_name": "golden","#, "without {peer}"),
    (#""calls": ["{\"n\":1}","#, #""calls": ["{n:1}","#, "which is not JSON"),
    (#""at_once": true"#, #""at_onec": true"#, "at_once"),
    (#""name": "settings""#, #""name": "default""#, "stands twice"),
  ])
  func whatIsWrongIsNamed(_ old: String, _ new: String, _ said: String) async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.transcripts / "scenarios.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      #expect(text.contains(old))
      try Files.write(Array(text.replacing(old, with: new, maxReplacements: 1).utf8), to: path)
      let error = try #require(throws: InteropError.self) { try RecordingScript.read(copy) }
      #expect(error.message.contains(said) && error.message.contains("scenarios.json"), "\(error.message)")
    }
  }

  @Test func anExceptionIsAPeer() async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.transcripts / "scenarios.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      try Files.write(Array(text.replacing(#""node": "its"#, with: #""noed": "its"#).utf8), to: path)
      let problems = FixtureVerification(copy).problems
      #expect(
        problems.contains { $0.contains("excepts noed, and there is no such peer") && $0.contains("node") },
        "\(problems)")
    }
  }

  @Test func idsKeepTheirResultQueue() throws {
    let name = "python-default-client-1.jsonl"
    let recorded = try RecordedConversation(folder: try checkout().transcripts, name: name)
    let topology = try RecordedSettings(recorded.transcript.head, name).topology
    let replacements = RecordedIDs.replacements(in: recorded.transcript, index: topology.resultQueueIndex(for:))
    #expect(replacements.count == 12)
    #expect(Set(replacements.values.map(RecordedIDs.call(of:))).count == 12)
    for (id, fixed) in replacements {
      #expect(topology.resultQueueIndex(for: id) == topology.resultQueueIndex(for: fixed))
      #expect(id.utf8.count == fixed.utf8.count)
    }
    // Those of a recording that has them already are the same.
    let canonical = recorded.transcript.canonical(replacing: replacements)
    let again = RecordedIDs.replacements(in: canonical, index: topology.resultQueueIndex(for:))
    #expect(again.allSatisfy { $0.key == $0.value } && again.count == 12)
  }

  @Test func aRecordingOfNothingIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let path = folder / "tap-0.jsonl"
      let head = Transcript.Head(connection: 0, role: "tapped", peer: "", broker: "")
      let empty = Transcript(head: head, entries: [], ending: .closedByPeer)
      try Files.write(try empty.jsonLines(), to: path)
      let error = try #require(throws: InteropError.self) {
        try TranscriptRecorder.Recording(taken: path, peer: "a", scenario: "b", resultQueueCount: nil)
      }
      #expect(error.message == "\(path): it has no complete handshake of AMQP")
    }
  }
}
