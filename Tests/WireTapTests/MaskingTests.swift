import SyRPCWire
import Testing
import WireTap

@Suite struct MaskingTests {
  /// Frames that carry the password, well-formed or not.
  static let frames: [[UInt8]] = [
    Wire.startOk(),
    // AMQPLAIN: a table without its length.
    Wire.startOk(response: Wire.short("PASSWORD") + Wire.tagged("S", Wire.long(Wire.password))),
    Wire.method(10, 21, channel: 0, Wire.long(Wire.password)),
    // connection.update-secret, which librabbitmq knows from 0.12 on.
    Wire.method(10, 70, channel: 0, Wire.long(Wire.password) + Wire.short("renewal")),
    // A start-ok and a secure-ok that end too soon.
    Wire.method(
      10, 11, channel: 0, Wire.table() + Wire.short("PLAIN") + Wire.integer(UInt32(99)) + Array(Wire.password.utf8)),
    Wire.method(10, 21, channel: 0, Wire.integer(UInt32(99)) + Array(Wire.password.utf8)),
  ]

  @Test(arguments: frames)
  func theRawBytesInMemoryAreTrue(_ raw: [UInt8]) {
    let frame = Frame(raw: raw)
    #expect(frame.raw == raw)
    #expect(frame.secret != nil)
    #expect(!frame.isMasked)
  }

  @Test(arguments: frames)
  func nothingOfThePasswordIsWritten(_ raw: [UInt8]) throws {
    let frame = Frame(raw: raw)
    let transcript = Transcript(
      head: .example,
      entries: [Transcript.Entry(number: 0, milliseconds: 0, direction: .toBroker, frame: frame)], ending: .stillOpen)
    let text = String(decoding: try transcript.jsonLines(), as: UTF8.self)
    let hex = Wire.password.utf8.map { String($0, radix: 16) }.joined()
    #expect(!text.contains(Wire.password))
    #expect(!text.contains(hex))
    #expect(text.contains(#""masked":true"#))

    let formatted = FrameFormatter(previewLength: 1000).line(connection: 0, transcript.entries[0])
    #expect(!formatted.contains(Wire.password))

    let read = try Transcript(jsonLines: text.utf8)
    #expect(read.entries[0].frame == frame.masked)
    #expect(read.entries[0].frame.raw.count == raw.count)
    #expect(try read.jsonLines() == Array(text.utf8))
  }

  @Test func onlyTheResponseIsMasked() throws {
    let frame = Frame(raw: Wire.startOk()).masked
    let stars = Array(repeating: UInt8(ascii: "*"), count: 13)
    #expect(frame.raw == Wire.startOk(response: stars))
    #expect(frame.method?.fields["response"] == "<hidden, 13 bytes>")
    #expect(frame.method?.fields["mechanism"] == "PLAIN")
    #expect(frame.masked == frame)
  }

  @Test func framesWithoutCredentialsStayAsTheyAre() {
    for raw in [Wire.heartbeat, Wire.queueDeclare("q"), Wire.body("abc"), Wire.protocolHeader] {
      let frame = Frame(raw: raw)
      #expect(frame.secret == nil)
      #expect(frame.masked == frame)
    }
  }

  @Test func aFileWithCredentialsIsRefused() throws {
    let transcript = Transcript.of([Wire.startOk()])
    let masked = String(decoding: try transcript.jsonLines(), as: UTF8.self)
    let stars = String(repeating: "2a", count: 13)
    let response = "\0\(Wire.user)\0\(Wire.password)".utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let bare = masked.split(separator: stars, omittingEmptySubsequences: false).joined(separator: response)
    #expect(bare != masked)
    let error = #expect(throws: TranscriptError.self) { try Transcript(jsonLines: bare.utf8) }
    #expect(error?.description == "line 2: raw: the credentials are not masked")
  }
}
