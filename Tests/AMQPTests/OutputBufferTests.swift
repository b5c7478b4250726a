import CRabbitMQ
import Testing

@testable import AMQP

@Suite struct OutputBufferTests {
  private let output = OutputBuffer()
  private var bytes: [UInt8] { Array(output.bytes) }

  @Test func aMethodIsAFrame() {
    var ack = amqp_basic_ack_t(delivery_tag: 7, multiple: 1)
    #expect(output.add(method: Method.basicAck, &ack, channel: 1) == 0)
    // Type, channel, size; class and method; the tag, the bit; the end (AMQP 0-9-1, 4.2.3 and 1.8.3.13).
    #expect(bytes == [1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0xCE])
  }

  @Test func aHeartbeatIsAFrame() {
    output.addHeartbeat()
    // On channel 0, with no payload (AMQP 0-9-1, 4.2.7).
    #expect(bytes == [8, 0, 0, 0, 0, 0, 0, 0xCE])
  }

  @Test func whatIsSentIsGoneAndTheRestStays() {
    output.add(body: [1, 2, 3], frameMax: 100, channel: 1)
    output.removeFirst(8)
    #expect(bytes == [2, 3, 0xCE])
    output.add(body: Array(repeating: 7, count: 50_000), frameMax: 131_072, channel: 1)
    #expect(bytes.prefix(4) == [2, 3, 0xCE, 3] && bytes.count == 3 + 50_000 + 8)
    output.removeFirst(3 + 50_000 + 8)
    #expect(output.isEmpty && output.count == 0)
  }

  @Test func aBodyIsCutIntoFrames() {
    output.add(body: [1, 2, 3, 4, 5], frameMax: 8 + 2, channel: 1)
    #expect(
      bytes == [
        3, 0, 1, 0, 0, 0, 2, 1, 2, 0xCE, 3, 0, 1, 0, 0, 0, 2, 3, 4, 0xCE, 3, 0, 1, 0, 0, 0, 1, 5, 0xCE,
      ])
  }

  @Test func anEmptyBodyHasNoFrame() {
    output.add(body: [], frameMax: 100, channel: 1)
    #expect(output.isEmpty)
  }

  @Test func aMessageThatBeginsAsOthersDoHasItsOwnSize() throws {
    var publish = amqp_basic_publish_t(
      ticket: 0, exchange: amqp_empty_bytes, routing_key: amqp_empty_bytes, mandatory: 1, immediate: 0)
    var properties = amqp_basic_properties_t()
    let head = try #require(OutputBuffer.head(of: &publish, &properties, channel: 1))
    let body = Array(repeating: UInt8(9), count: 300)
    output.add(head, body: body, frameMax: 4096, channel: 1)

    let whole = OutputBuffer()
    #expect(whole.add(method: Method.basicPublish, &publish, channel: 1) == 0)
    #expect(whole.add(contentOf: body.count, &properties, channel: 1) == 0)
    whole.add(body: body, frameMax: 4096, channel: 1)
    #expect(bytes == Array(whole.bytes))
  }

  @Test func whatIsLargerThanItsMemoryIsHeld() {
    let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
    output.add(body: body, frameMax: 131_072, channel: 1)
    var read: [UInt8] = []
    var rest = bytes[...]
    while rest.count > 8 {
      let start = rest.startIndex
      let size = rest[start + 3..<start + 7].reduce(0) { $0 << 8 | Int($1) }
      read += rest[start + 7..<start + 7 + size]
      #expect(rest[start + 7 + size] == 0xCE)
      rest = rest[(start + 8 + size)...]
    }
    #expect(read == body)
    output.removeAll()
    #expect(output.isEmpty)
  }
}
