import SeededRandom
import Testing
import WireTap

@Suite struct FrameSplitterTests {
  static let stream: [[UInt8]] = [
    Wire.protocolHeader, Wire.startOk(), Wire.heartbeat, Wire.queueDeclare("a"), Wire.publish("x", "k"),
    Wire.header(size: 5000), Wire.body(Array(repeating: 0xCE, count: 5000)), Wire.body([]), Wire.heartbeat,
  ]

  @Test func givesFramesOfAnyCut() throws {
    let bytes = Array(Self.stream.joined())
    var random = Seeded(1)
    for round in 0..<200 {
      var splitter = FrameSplitter()
      var frames: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        // Byte by byte, all at once, then at random.
        let size = round == 0 ? 1 : round == 1 ? bytes.count : Int.random(in: 1...700, using: &random)
        splitter.append(rest.prefix(size))
        rest = rest.dropFirst(size)
        while let frame = try splitter.next() { frames.append(frame) }
      }
      #expect(frames == Self.stream)
      #expect(splitter.offset == bytes.count)
      #expect(splitter.pendingCount == 0)
    }
  }

  @Test func waitsForTheWholeFrame() throws {
    for frame in Self.stream {
      var splitter = FrameSplitter()
      splitter.append(frame.dropLast())
      #expect(try splitter.next() == nil)
      #expect(splitter.pendingCount == frame.count - 1)
      splitter.append(frame.suffix(1))
      #expect(try splitter.next() == frame)
    }
  }

  /// Quadratic removal from the front would take minutes here.
  @Test(.timeLimit(.minutes(5))) func keepsUpWithManyMegabytes() async throws {
    let frame = Wire.body(Array(repeating: 7, count: 100))
    var splitter = FrameSplitter()
    var bytes: [UInt8] = []
    for _ in 0..<300_000 { bytes += frame }
    splitter.append(bytes)
    var count = 0
    while try splitter.next() != nil {
      count += 1
      // Others wait for a thread.
      if count % 1000 == 0 { await Task.yield() }
    }
    #expect(count == 300_000)
  }

  @Test func saysWhereTheStreamBreaks() throws {
    let first = Wire.heartbeat
    var badEnd = Wire.body("abc")
    badEnd[badEnd.count - 1] = 0
    try expect(.badFrameEnd(0), at: first.count + badEnd.count - 1, after: first, in: badEnd)
    try expect(.impossibleType(4), at: first.count, after: first, in: [4])
    try expect(.impossibleType(0x41), at: first.count, after: first, in: Wire.protocolHeader)
    try expect(
      .oversized(size: 0x0100_0001, limit: 16 << 20), at: first.count + 3, after: first, in: [3, 0, 1, 1, 0, 0, 1])
  }

  @Test func takesNoOtherProtocolHeader() {
    var splitter = FrameSplitter()
    splitter.append("AMXP".utf8)
    #expect(throws: StreamError.self) { try splitter.next() }
    do { _ = try splitter.next() } catch { #expect("\(error)" == "a protocol header that is not AMQP's at byte 2") }
  }

  @Test func takesPayloadsUpToItsLimit() throws {
    var splitter = FrameSplitter(payloadLimit: 3)
    splitter.append(Wire.body("abc"))
    #expect(try splitter.next() == Wire.body("abc"))
    splitter.append(Wire.body("abcd"))
    #expect(throws: StreamError.self) { try splitter.next() }
  }

  private func expect(
    _ problem: StreamError.Problem, at offset: Int, after first: [UInt8], in rest: [UInt8],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    var splitter = FrameSplitter()
    splitter.append(first + rest)
    #expect(try splitter.next() == first, sourceLocation: location)
    // A stream that is broken stays broken.
    for _ in 0..<2 {
      let error = #expect(throws: StreamError.self, sourceLocation: location) { try splitter.next() }
      #expect(error?.problem == problem, sourceLocation: location)
      #expect(error?.byteOffset == offset, sourceLocation: location)
    }
    #expect(splitter.offset == first.count, sourceLocation: location)
  }
}
