import SyRPCWire
import WireTap

/// The JSON lines of a recorded connection.
struct TranscriptTarget: FuzzTarget {
  let name = "transcripts"
  let seeds: [[UInt8]]
  let words: [[UInt8]]

  init() {
    let recorded = Recordings.streams(frames: 2).enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
    let written = recorded.compactMap { try? Recordings.transcript(of: $0, .toBroker).jsonLines() }
    // The starts of the recordings themselves, which have both directions.
    let starts = Recordings.transcripts.compactMap { transcript -> [UInt8]? in
      var start = transcript
      start.entries = Array(transcript.entries.prefix(4))
      return try? start.jsonLines()
    }
    seeds = (written + starts).filter { $0.count < 5000 }
    words = JSONTokens.words(of: seeds)
  }

  static func pieces(_ input: [UInt8]) -> [Range<Int>] { JSONTokens.ranges(input) }

  func generate(size: Int, _ random: inout Seeded) -> [UInt8] {
    let stream = WireText.stream(frames: 1 + random.below(2 * size), &random)
    var transcript = Recordings.transcript(of: stream, random.once(in: 2) ? .toBroker : .fromBroker)
    let facts = random.once(in: 20) ? JSONTokens.nested(&random) : JSONTokens.text(depth: 3, words, &random)
    if let facts = try? JSON(parsing: facts) { transcript.head.facts = ["fact": facts] }
    return (try? transcript.jsonLines()) ?? []
  }

  func check(_ input: [UInt8]) throws(Violation) -> Bool {
    guard let transcript = try? Transcript(jsonLines: input) else { return false }
    let text = try demanding("it cannot be written") { try transcript.jsonLines() }
    try demand(text == input, "written again it is another text")
    let contents = transcript.contents
    try demand(contents.messages.allSatisfy { $0.entry <= $0.lastEntry }, "a message ends before it starts")
    for entry in transcript.entries { _ = FrameFormatter().line(connection: transcript.head.connection, entry) }
    return true
  }
}
