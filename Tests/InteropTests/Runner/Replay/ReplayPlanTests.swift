import SyRPCWire
import Testing
import WireTap

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

/// What the live side has to do for a recording to fit.
@Suite struct ReplayPlanTests {
  private func plan(_ name: String) throws -> ReplayPlan {
    ReplayPlan(try RecordedConversation(folder: try checkout().transcripts, name: "\(name).jsonl"))
  }

  @Test func aServerIsAskedWhatItWasAskedThen() throws {
    let plan = try plan("php-default-server-0")
    #expect(plan.batches.count == 12)
    #expect(plan.batches.allSatisfy { $0.requests.map(\.resultID) == $0.answered })
    #expect(plan.requests.first?.call.value == ["value": "hello"])
    #expect(plan.requests.first?.type == "echo")
  }

  @Test func aRequestThatWasLostIsNotWaitedFor() throws {
    // The Node server acknowledged two requests and answered one: the defect itself was recorded.
    let batches = try plan("node-collision-server-0").batches
    #expect(batches.count == 1)
    #expect(batches.first?.requests.count == 2)
    #expect(batches.first?.answered.count == 1)
    #expect(try plan("node-collision-client-1").answered.count == 1)
  }

  @Test func aRecordingThatWasCutSaysSo() throws {
    let folder = try checkout().transcripts
    #expect(try RecordedConversation(folder: folder, name: "node-collision-client-1.jsonl").isCut)
    #expect(try !RecordedConversation(folder: folder, name: "php-default-client-1.jsonl").isCut)
  }

  @Test func everyRecordingCanBeReplayed() throws {
    let folder = try checkout().transcripts
    var count = 0
    for peer in ["python", "node", "php"] {
      for name in try RecordedConversation.names(in: folder, of: peer) {
        let recorded = try RecordedConversation(folder: folder, name: name)
        _ = try ReplayScript(recorded)
        #expect(recorded.peer == peer)
        #expect(recorded.combination[recorded.roles[0]] == peer)
        count += 1
      }
    }
    #expect(count == 18)
  }
}

extension RunPlanTests {
  @Test func aPeerGetsNoRoleThatItCannotPlay() throws {
    let checkout = try checkout()
    let plan = try RunPlan(
      peers: ["a", "b"], selection: RunPlan.Selection(), corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
    let restricted = try plan.restricted(to: ["a": ["put_request"]])
    #expect(Set(restricted.cells.map(\.combination.name)) == ["a-b-b", "b-b-b"])
    #expect(throws: InteropError.self) { try plan.restricted(to: ["a": [], "b": ["serve"]]) }
  }

  @Test func recordingsOfAMissingPeerAreCellsOfTheirOwn() throws {
    let checkout = try checkout()
    let recordings = try RecordedConversation.names(in: checkout.transcripts, of: "node").map {
      try RecordedConversation(folder: checkout.transcripts, name: $0)
    }
    func plan(_ change: (inout RunPlan.Selection) -> Void = { _ in }) throws -> RunPlan {
      var selection = RunPlan.Selection()
      change(&selection)
      return try RunPlan(
        peers: ["swift"], recordings: recordings, selection: selection, corpus: try Corpus(folder: checkout.payloads),
        contract: try Contract(checkout.contract))
    }
    let replayed = try plan().cells.filter { $0.recording != nil }
    #expect(replayed.count == 6)
    #expect(Set(replayed.map(\.combination.name)) == ["node-swift-node", "swift-node-swift"])
    #expect(try plan { $0.scenarios = [Glob("echo")] }.cells.allSatisfy { $0.recording == nil })
    let servers = try plan {
      $0.servers = [Glob("node")]
      $0.payloads = [Glob("recorded")]
    }
    #expect(
      servers.cells.map(\.scenario.name).sorted() == ["recorded-collision", "recorded-default", "recorded-settings"])
  }
}
