import SyRPCWire
import Testing
import WireTap

/// The form in which recordings are kept.
@Suite struct CanonicalTests {
  private func deliver(_ tag: UInt8, redelivered: UInt8 = 0) -> [[UInt8]] {
    let method = Wire.method(
      60, 60,
      Wire.short("amq.ctag-abcdefghijklmnopqrstuv") + [0, 0, 0, 0, 0, 0, 0, tag, redelivered] + Wire.short("")
        + Wire.short("k"))
    return [method, Wire.header(size: 1, flags: 0), Wire.body("x")]
  }

  private func settle(_ method: UInt16, _ tag: UInt8, requeue: UInt8) -> [UInt8] {
    Wire.method(60, method, [0, 0, 0, 0, 0, 0, 0, tag, requeue])
  }

  private func canonical(_ frames: [(Transcript.Direction, [UInt8])]) -> Transcript {
    Transcript.of(frames.map(\.1)) { frames[$0].0 }.canonical()
  }

  private func names(_ transcript: Transcript) -> [String] {
    transcript.entries.map { $0.frame.method?.name ?? "\($0.frame.kind == .heartbeat ? "heartbeat" : "content")" }
  }

  @Test func timesAreNumbersAndHeartbeatsGo() {
    let transcript = canonical([
      (.toBroker, Wire.queueDeclare("a")), (.toBroker, Wire.heartbeat), (.toBroker, Wire.queueDeclare("b")),
    ])
    #expect(names(transcript) == ["queue.declare", "queue.declare"])
    #expect(transcript.entries.map(\.milliseconds) == [0, 1])
    #expect(transcript.head.started == nil && transcript.head.broker == "")
  }

  @Test func aReplyFollowsWhatItRepliesTo() {
    let ok = Wire.method(50, 11, Wire.short("a") + [0, 0, 0, 3, 0, 0, 0, 4])
    let transcript = canonical([
      (.toBroker, Wire.queueDeclare("a")), (.toBroker, Wire.queueDeclare("b")), (.fromBroker, ok), (.fromBroker, ok),
    ])
    #expect(names(transcript) == ["queue.declare", "queue.declare-ok", "queue.declare", "queue.declare-ok"])
    // Counts depend on who else is there.
    #expect(transcript.entries[1].frame.method?.fields["message-count"] == 0)
    #expect(transcript.entries[1].frame.method?.fields["consumer-count"] == 0)
  }

  @Test func aDeliveryIsNotMovedBeforeWhatMayHaveBroughtItAbout() {
    let bind = Wire.queueDeclare("a")
    let published = [Wire.publish("", "k"), Wire.header(size: 1, flags: 0), Wire.body("x")]
    let transcript = canonical(
      published.map { (.toBroker, $0) } + [(.toBroker, bind)] + deliver(1).map { (.fromBroker, $0) })
    #expect(
      names(transcript) == [
        "basic.publish", "content", "content", "basic.deliver", "content", "content", "queue.declare",
      ])
  }

  @Test func tagsOfTheBrokerAreNumbered() {
    let tag = "amq.ctag-abcdefghijklmnopqrstuv"
    let transcript = canonical(
      [(.fromBroker, Wire.method(60, 21, Wire.short(tag)))] + deliver(9).map { (.fromBroker, $0) } + [
        (.toBroker, settle(80, 9, requeue: 0))
      ])
    let fields = transcript.entries.compactMap { $0.frame.method?.fields }
    #expect(fields.first?["consumer-tag"]?.stringValue == "amq.ctag-0000000000000000000001")
    #expect(fields[1]["consumer-tag"]?.stringValue == "amq.ctag-0000000000000000000001")
    #expect(fields[1]["delivery-tag"] == 1 && fields[2]["delivery-tag"] == 1)
  }

  @Test func whatIsRejectedAgainAndAgainIsRejectedOnce() {
    func round(_ tag: UInt8) -> [(Transcript.Direction, [UInt8])] {
      deliver(tag, redelivered: tag > 1 ? 1 : 0).map { (.fromBroker, $0) } + [(.toBroker, settle(90, tag, requeue: 1))]
    }
    let few = canonical(round(1) + round(2))
    let many = canonical((1...9).flatMap { round($0) })
    #expect(names(few) == ["basic.deliver", "content", "content", "basic.reject"])
    #expect(few == many)
  }

  @Test func itIsItsOwnCanonicalForm() throws {
    for name in ["node-default-client-1", "php-collision-client-1", "python-settings-server-0"] {
      let recorded = try FixtureTests.transcript("\(name).jsonl")
      let once = recorded.canonical()
      #expect(once.canonical() == once, "\(name)")
      // It is read like any other.
      #expect(try Transcript(jsonLines: try once.jsonLines()) == once, "\(name)")
    }
  }

  @Test func textsAreReplacedInBodiesAndProperties() {
    let header = Wire.header(size: 4, flags: 0x400, Wire.short("idid"))
    let transcript = Transcript.of([Wire.publish("", "k"), header, Wire.body("idid")])
      .canonical(replacing: ["idid": "1234", "k": "longer"])
    #expect(transcript.messages.first?.body == Array("1234".utf8))
    #expect(transcript.messages.first?.properties["correlation-id"]?.stringValue == "1234")
    #expect(transcript.messages.first?.routingKey == "k", "only texts of the same size")
  }
}
