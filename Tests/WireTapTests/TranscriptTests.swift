import SyRPCWire
import Testing
import WireTap

@Suite struct TranscriptTests {
  @Test func isWrittenAsDocumented() throws {
    var transcript = Transcript.of([Wire.protocolHeader, Wire.heartbeat, Wire.body("h\u{e9}"), Wire.method(20, 41)])
    transcript.undecoded = [.toBroker: Transcript.Undecoded(bytes: 2, reason: "incomplete frame")]
    let expected = """
      {"transcript":1,"connection":3,"role":"server","peer":"python","broker":"127.0.0.1:5672",\
      "started":"2020-01-02T03:04:05.678Z","facts":{"libraries":{"amqp":"2.6.1"},"numbers":[1,0.1,null]}}
      {"n":0,"ms":0.0,"direction":"to-broker","channel":0,"frame":"protocol-header","version":[0,0,9,1],\
      "raw":"414d515000000901"}
      {"n":1,"ms":0.125,"direction":"to-broker","channel":0,"frame":"heartbeat","raw":"08000000000000ce"}
      {"n":2,"ms":0.25,"direction":"to-broker","channel":1,"frame":"body","text":"h\\u00E9","raw":"0300010000000368c3a9ce"}
      {"n":3,"ms":0.375,"direction":"to-broker","channel":1,"frame":"method","method":"channel.close-ok","fields":{},\
      "raw":"0100010000000400140029ce"}
      {"end":"closed by peer","undecoded":{"to-broker":{"bytes":2,"reason":"incomplete frame"}}}

      """
    #expect(String(decoding: try transcript.jsonLines(), as: UTF8.self) == expected)
  }

  @Test func comesBackAsItWas() throws {
    let written = try Transcript.ofEverything.jsonLines()
    let read = try Transcript(jsonLines: written)
    #expect(try read.jsonLines() == written)
    var masked = Transcript.ofEverything
    masked.entries = masked.entries.map {
      Transcript.Entry(
        number: $0.number, milliseconds: $0.milliseconds, direction: $0.direction, frame: $0.frame.masked)
    }
    #expect(read == masked)
  }

  @Test func everyEndingComesBack() throws {
    let endings: [Ending] = [
      .closedByPeer, .closedByBroker, .resetByPeer, .resetByBroker, .closedByTap, .stillOpen, .notRecorded,
      .brokerUnreachable("Connection refused"), .brokerUnreachable("\u{301} combines with the space before it"),
    ]
    for ending in endings {
      #expect(Ending(ending.description) == ending)
      let transcript = Transcript(head: .example, entries: [], ending: ending)
      #expect(try Transcript(jsonLines: try transcript.jsonLines()) == transcript)
    }
    #expect(Ending("closed") == nil)
  }

  @Test func aHeadWithoutADateComesBack() throws {
    var transcript = Transcript.of([])
    transcript.head.started = nil
    transcript.head.facts = [:]
    #expect(try Transcript(jsonLines: try transcript.jsonLines()) == transcript)
  }

  @Test func methodsAreFoundByName() {
    let transcript = Transcript.of([
      Wire.queueDeclare("a"), Wire.heartbeat, Wire.queueDeclare("b"), Wire.publish("x", "k"),
    ])
    #expect(transcript.methods(named: "queue.declare").map(\.number) == [0, 2])
    #expect(transcript.methods(named: "queue.declare", .fromBroker).isEmpty)
    #expect(transcript.methods(named: "basic.publish", .toBroker).map(\.number) == [3])
  }
}
