import SeededRandom
import SyRPCWire
import WireTap

/// The bytes of one direction of a connection: splitter, decoder and assembler.
struct FrameTarget: FuzzTarget {
  let name = "frames"
  let seeds = Recordings.streams(frames: 3)
  let words: [[UInt8]] =
    [
      WireText.protocolHeader, [8, 0, 0, 0, 0, 0, 0, 0xCE], [3, 0, 1, 0, 0, 0, 0, 0xCE],
      [1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF],
      [0xCE], [0xCE, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 1], [0, 60, 0, 40], [0, 10, 0, 11],
      [0, 10, 0, 70],
      Array("AMQP".utf8), Array("\0guest\0guest".utf8),
    ] + "tbBsuIilLfdDSxTVAF".utf8.map { [1, UInt8(ascii: "a"), $0, 0, 0, 0, 1] }

  static func pieces(_ input: [UInt8]) -> [Range<Int>] { WireText.ranges(input) }

  func generate(size: Int, _ random: inout Seeded) -> [UInt8] {
    if random.once(in: 100) { return WireText.nested(&random) }
    if random.once(in: 20) { return random.bytes(random.below(64)) }
    return WireText.stream(frames: 1 + random.below(3 * size), &random)
  }

  func check(_ input: [UInt8]) throws(Violation) -> Bool {
    let split = SplitStream(input)
    try checkSplitting(input, split)
    guard !split.frames.isEmpty else { return false }

    let direction: Transcript.Direction = input.count % 2 == 0 ? .toBroker : .fromBroker
    let transcript = Recordings.transcript(of: input, direction)
    for entry in transcript.entries { try check(entry) }
    try check(transcript.contents, of: transcript)

    // It takes longest, and the other target does it too.
    guard input.fingerprint % 4 == 0 else { return true }
    let text = try demanding("it cannot be written") { try transcript.jsonLines() }
    let again = try demanding("it cannot be read again") { try Transcript(jsonLines: text) }
    try demand(again.entries.map(\.frame) == transcript.entries.map(\.frame.masked), "other frames are read again")
    return true
  }

  private func checkSplitting(_ input: [UInt8], _ split: SplitStream) throws(Violation) {
    try demand(
      split.frames.joined().elementsEqual(input.prefix(split.offset)), "frames are not the bytes of the stream")
    try demand(split.offset + split.pending == input.count, "bytes are lost")
    var random = Seeded(input.fingerprint)
    let pieces = input.count < 300 && random.once(in: 4) ? input.count : random.below(12)
    let cuts = (0..<pieces).map { _ in random.below(input.count + 1) }.sorted()
    try demand(SplitStream(input, cuts: cuts) == split, "cut at \(cuts), the stream gives other frames")
  }

  private func check(_ entry: Transcript.Entry) throws(Violation) {
    let frame = entry.frame
    if let secret = frame.secret {
      try demand(secret.lowerBound >= 0 && secret.upperBound < frame.raw.count, "secrets beyond the frame: \(secret)")
      try demand(frame.masked.isMasked && frame.masked.raw.count == frame.raw.count, "a secret is left")
      try demand(frame.masked.masked == frame.masked, "masked twice it differs")
    }
    let line = FrameFormatter().line(connection: 0, entry)
    try demand(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }, "controls in \(line)")
  }

  private func check(_ contents: Transcript.Contents, of transcript: Transcript) throws(Violation) {
    let strays = Set(contents.stray)
    for message in contents.messages {
      let parts = transcript.entries[message.entry...message.lastEntry].filter {
        $0.frame.channel == message.channel && !strays.contains($0.number)
      }
      let body = parts.compactMap(\.frame.body).joined()
      try demand(body.elementsEqual(message.body), "another body than its frames have")
      try demand(
        parts.compactMap(\.frame.header).first?.bodySize == UInt64(message.body.count), "a body of another size")
    }
    let carriers = transcript.entries.count { MessageAssembler.carriers.contains($0.frame.method?.name ?? "") }
    try demand(contents.messages.count + contents.incomplete.count == carriers, "messages are lost")
  }
}
