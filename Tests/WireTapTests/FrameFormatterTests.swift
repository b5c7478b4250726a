import Testing
import WireTap

@Suite struct FrameFormatterTests {
  private func line(
    _ raw: [UInt8], _ direction: Transcript.Direction = .toBroker, milliseconds: Double = 12.3456, preview: Int = 80
  ) -> String {
    let entry = Transcript.Entry(number: 0, milliseconds: milliseconds, direction: direction, frame: Frame(raw: raw))
    return FrameFormatter(previewLength: preview).line(connection: 4, entry)
  }

  @Test func tellsTimeDirectionAndWhatIsNotDefault() {
    #expect(
      line(Wire.queueDeclare("q", channel: 2))
        == #"    12.346 -> 4/2 queue.declare queue="q" durable "#
        + #"arguments={"x-expires":{"I":10800000},"x-message-ttl":{"s":10000}}"#)
    #expect(line(Wire.publish("", "k")) == #"    12.346 -> 4/1 basic.publish exchange="" routing-key="k" mandatory"#)
    #expect(line(Wire.heartbeat, .fromBroker, milliseconds: 1_234_567.001) == "1234567.001 <- 4/0 heartbeat")
    #expect(line(Wire.heartbeat, milliseconds: 1e300).hasSuffix(" -> 4/0 heartbeat"))
    #expect(line(Wire.protocolHeader, milliseconds: 0) == "     0.000 -> 4/0 protocol-header 0-0-9-1")
    #expect(line(Wire.header(size: 9, flags: 0x1000, [2])) == "    12.346 -> 4/1 header 9 delivery-mode=2")
    #expect(line(Wire.method(99, 1)) == "    12.346 -> 4/1 undecodable: librabbitmq knows no method 99.1 (12 bytes)")
  }

  @Test func bodiesAreShortAndCannotSteerTheTerminal() {
    #expect(line(Wire.body("{\"a\":1}")).hasSuffix(#"body 7 {"a":1}"#))
    #expect(line(Wire.body("h\u{e9}\u{1F600}llo"), preview: 3).hasSuffix("body 10 h\u{e9}\u{1F600}…"))
    #expect(line(Wire.body(Array(repeating: 0x61, count: 5_000_000)), preview: 4).hasSuffix("body 5000000 aaaa…"))
    #expect(line(Wire.body("\u{1B}[2J\n\u{202E}\u{2028}")).hasSuffix(#"\u{1B}[2J\n\u{202E}\u{2028}"#))
    let queue = line(Wire.queueDeclare("\u{1B}]0;x\u{7}"))
    #expect(!queue.unicodeScalars.contains { $0.value < 0x20 })
    #expect(line(Wire.body([0xFF])).hasSuffix("body 1 \u{FFFD}"))
  }
}
