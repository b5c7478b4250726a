import SyRPCWire
import Testing
import WireTap

@testable import InteropModel
@testable import InteropRunner

/// The state machine of a replay, fed with what the broker sent when the recording was made, changed in some way.
@Suite struct ReplayProgressTests {
  private func recorded(_ name: String) throws -> RecordedConversation {
    try RecordedConversation(folder: try checkout().transcripts, name: "\(name).jsonl")
  }

  /// Plays against a broker that sends `events` in order, each when the recording waits.
  private func play(_ script: ReplayScript, _ events: [ReplayEvent]) throws -> [[UInt8]] {
    var progress = ReplayProgress(script)
    var rest = events[...]
    var sent: [[UInt8]] = []
    while true {
      switch try progress.next() {
      case .send(let bytes): sent.append(bytes)
      case .done: return sent
      case .wait:
        guard let event = rest.popFirst() else { throw progress.overdue }
        try progress.received(event)
      }
    }
  }

  private func events(_ script: ReplayScript) -> [ReplayEvent] {
    script.steps.compactMap { if case .await(let event) = $0 { event } else { nil } }
  }

  private func event(
    _ event: ReplayEvent, fields: [String: JSON] = [:], body: String? = nil
  ) -> ReplayEvent {
    var changed = event.fields
    for (key, value) in fields { changed[key] = value }
    let bytes = body.map { Array($0.utf8) } ?? event.body
    return ReplayEvent(
      channel: event.channel, method: event.method, fields: changed, json: bytes.flatMap { try? JSON(exactly: $0) },
      body: bytes)
  }

  @Test(arguments: [
    "node-default-client-1", "node-default-server-0", "node-collision-client-1", "node-collision-server-0",
    "php-settings-client-1", "php-collision-server-0", "python-default-client-1", "python-collision-server-0",
  ])
  func whatWasRecordedIsPlayedByteForByte(_ name: String) throws {
    let script = try ReplayScript(try recorded(name))
    let sent = try play(script, events(script))
    #expect(sent == script.sent.map(\.raw))
    #expect(!sent.isEmpty)
  }

  @Test func tagsOfNowReplaceThoseOfTheRecording() throws {
    let script = try ReplayScript(try recorded("node-default-client-1"))
    let changed = events(script).map { event in
      switch event.method {
      case "basic.consume-ok", "basic.cancel-ok":
        self.event(event, fields: ["consumer-tag": .string("new-" + (event.text("consumer-tag") ?? ""))])
      case "basic.deliver":
        self.event(event, fields: ["delivery-tag": .integer(Int64(event.number("delivery-tag") ?? 0) + 100)])
      default: event
      }
    }
    let sent = try play(script, changed).map { Frame(raw: $0) }
    #expect(zip(sent, script.sent).allSatisfy { $0.isReplay(of: $1) })
    let acks = sent.filter { $0.method?.name == "basic.ack" }.compactMap { $0.method?.fields["delivery-tag"] }
    #expect(acks.first == 101)
    let cancels = sent.filter { $0.method?.name == "basic.cancel" }
    #expect(!cancels.isEmpty)
    #expect(cancels.allSatisfy { $0.method?.fields["consumer-tag"]?.stringValue?.hasPrefix("new-amq.ctag-") == true })
  }

  @Test func theOrderOfWhatComesMayDiffer() throws {
    let script = try ReplayScript(try recorded("python-collision-client-1"))
    var changed = events(script)
    let deliveries = changed.indices.filter { changed[$0].method == "basic.deliver" }
    changed.swapAt(deliveries[0], deliveries[1])
    #expect(try play(script, changed) == script.sent.map(\.raw))
  }

  @Test func anotherResultDoesNotFit() throws {
    let script = try ReplayScript(try recorded("php-default-client-1"))
    var changed = events(script)
    let index = try #require(changed.firstIndex { $0.method == "basic.deliver" })
    changed[index] = event(changed[index], body: #"{"result_id":"x","data":{"value":"hullo"}}"#)
    let mismatch = try #require(throws: ReplayMismatch.self) { try play(script, changed) }
    #expect(mismatch.expected.contains(RecordedIDs.id(1)), "\(mismatch)")
    #expect(mismatch.observed.contains("hullo"))
  }

  @Test func sameValuesInAnotherFormFit() throws {
    let script = try ReplayScript(try recorded("php-default-client-1"))
    var changed = events(script)
    let index = try #require(changed.firstIndex { $0.method == "basic.deliver" })
    changed[index] = event(
      changed[index],
      body: #"{ "data": {"value": "hell\u006f"}, "result_id": "\#(RecordedIDs.id(1))" }"#)
    #expect(try play(script, changed) == script.sent.map(\.raw))
  }

  @Test func anExceptionOfTheBrokerDoesNotFit() throws {
    let script = try ReplayScript(try recorded("node-default-server-0"))
    var changed = events(script)
    changed[2] = ReplayEvent(
      channel: 1, method: "channel.close", fields: ["reply-code": 406, "reply-text": "PRECONDITION_FAILED"], json: nil,
      body: nil)
    let mismatch = try #require(throws: ReplayMismatch.self) { try play(script, changed) }
    #expect(mismatch.observed.contains("406"))
    #expect(mismatch.observed.contains("PRECONDITION_FAILED"))
  }

  @Test func whatIsMissingIsNamedWithWhatCameInstead() throws {
    let script = try ReplayScript(try recorded("node-default-server-0"))
    let mismatch = try #require(throws: ReplayMismatch.self) { try play(script, Array(events(script).prefix(3))) }
    #expect(mismatch.expected == "queue.bind-ok on channel 1")
    #expect(mismatch.observed == "nothing")
  }
}
