import SyRPCWire
import Testing
import WireTap

@Suite struct WireMessageTests {
  @Test func methodHeaderAndBodiesAreOneMessage() throws {
    let transcript = Transcript.of([
      Wire.publish("echo_request", "key"), Wire.header(size: 6, flags: 0x8000, Wire.short("text/plain")),
      Wire.body("abc"), Wire.heartbeat, Wire.body("def"), Wire.deliver(7, channel: 2),
      Wire.header(channel: 2, size: 0),
    ])
    let messages = transcript.messages
    try #require(messages.count == 2)
    #expect(messages[0].entry == 0)
    #expect(messages[0].lastEntry == 4)
    #expect(messages[0].direction == .toBroker)
    #expect(messages[0].channel == 1)
    #expect(messages[0].method == "basic.publish")
    #expect(messages[0].exchange == "echo_request")
    #expect(messages[0].routingKey == "key")
    #expect(messages[0].mandatory == true)
    #expect(messages[0].immediate == false)
    #expect(messages[0].deliveryTag == nil)
    #expect(messages[0].properties == ["content-type": "text/plain"])
    #expect(messages[0].body == Array("abcdef".utf8))
    #expect(messages[0].bodyFrames == 2)

    #expect(messages[1].method == "basic.deliver")
    #expect(messages[1].deliveryTag == 7)
    #expect(messages[1].consumerTag == "consumer")
    #expect(messages[1].redelivered == true)
    #expect(messages[1].mandatory == nil)
    #expect(messages[1].body.isEmpty)
    #expect(messages[1].bodyFrames == 0)
    #expect(transcript.contents.incomplete.isEmpty)
    #expect(transcript.contents.stray.isEmpty)
  }

  @Test func allMethodsWithContentAreKnown() {
    let methods = MethodCase.all.filter { ["basic.return", "basic.get-ok", "basic.get-empty"].contains($0.name) }
    let transcript = Transcript.of(methods.flatMap { [$0.frame, Wire.header(size: 0)] })
    #expect(transcript.messages.map(\.method) == ["basic.return", "basic.get-ok"])
    #expect(transcript.messages.map(\.deliveryTag) == [nil, .max])
    #expect(transcript.contents.stray == [5])
  }

  @Test func channelsAndDirectionsMayInterleave() {
    let transcript = Transcript.of([
      Wire.publish("x", "a", channel: 1), Wire.publish("x", "b", channel: 2), Wire.deliver(1, channel: 1),
      Wire.header(channel: 2, size: 1), Wire.header(channel: 1, size: 1), Wire.header(channel: 1, size: 1),
      Wire.body(channel: 1, "c"), Wire.body(channel: 2, "b"), Wire.body(channel: 1, "a"),
    ]) { [2, 5, 6].contains($0) ? .fromBroker : .toBroker }
    let messages = transcript.messages
    #expect(messages.map { String(decoding: $0.body, as: UTF8.self) } == ["c", "b", "a"])
    #expect(messages.map(\.entry) == [2, 1, 0])
    #expect(messages.map(\.direction) == [.fromBroker, .toBroker, .toBroker])
  }

  @Test func whatIsBrokenOffIsNoMessage() {
    let transcript = Transcript.of([
      Wire.publish("x", "broken off before its header"), Wire.publish("x", "in its body"), Wire.header(size: 9),
      Wire.body("abc"), Wire.method(20, 41), Wire.body("stray"), Wire.publish("x", "too long"), Wire.header(size: 2),
      Wire.body("abc"), Wire.publish("x", "unfinished", channel: 2), Wire.header(channel: 2, size: 1),
    ])
    #expect(transcript.messages.isEmpty)
    #expect(transcript.incomplete.map(\.entry) == [0, 1, 6, 9])
    #expect(transcript.incomplete.map(\.bodySize) == [nil, 9, 2, 1])
    #expect(transcript.incomplete.map(\.received) == [0, 3, 0, 0])
    #expect(transcript.incomplete.allSatisfy { $0.method == "basic.publish" && $0.direction == .toBroker })
    #expect(transcript.contents.stray == [5, 8])
  }
}
