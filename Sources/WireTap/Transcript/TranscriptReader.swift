internal import SyRPCWire

extension Transcript {
  /// Reads and verifies a transcript.
  ///
  /// Nothing is believed that the raw bytes do not say: they are split and decoded anew, and each line must be, byte for
  /// byte, the one that would be written for them. So what was read is written again as the same text.
  ///
  /// - Throws: ``TranscriptError`` for the first line that is not as it must be.
  package init(jsonLines text: some Collection<UInt8>) throws(TranscriptError) {
    var reader = TranscriptReader()
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.dropLast().enumerated() {
      do throws(Mismatch) {
        try reader.read(Array(line))
      } catch {
        throw TranscriptError(line: index + 1, message: error.message)
      }
    }
    guard lines.last?.isEmpty == true, let transcript = reader.transcript else {
      throw TranscriptError(line: lines.count, message: "cut off: the last line must be the one with \"end\"")
    }
    self = transcript
  }
}

/// Reads line after line, and holds what was read.
private struct TranscriptReader {
  private(set) var transcript: Transcript?
  private var head: Transcript.Head?
  private var entries: [Transcript.Entry] = []
  /// One for each direction over the whole file: a protocol header is good at the start of a stream only.
  private var splitters: [Transcript.Direction: FrameSplitter] = [:]

  mutating func read(_ text: [UInt8]) throws(Mismatch) {
    guard transcript == nil else { throw Mismatch("nothing may follow the line with \"end\"") }
    let line = try TranscriptLine(text)
    guard let head else {
      let head = try readHead(line)
      try line.mustEqual { () throws(JSONError) in try Transcript.line(head) }
      self.head = head
      return
    }
    if line.has("end") {
      let (ending, undecoded) = try readEnd(line)
      try line.mustEqual { () throws(JSONError) in try Transcript.line(ending, undecoded) }
      transcript = Transcript(head: head, entries: entries, ending: ending, undecoded: undecoded)
    } else {
      let entry = try readEntry(line)
      try line.mustEqual { () throws(JSONError) in try Transcript.line(entry) }
      entries.append(entry)
    }
  }

  private func readHead(_ line: TranscriptLine) throws(Mismatch) -> Transcript.Head {
    let version = try line.integer("transcript")
    guard version == Transcript.version else {
      throw Mismatch("a transcript of version \(version), where only \(Transcript.version) is known")
    }
    return Transcript.Head(
      connection: Int(try line.integer("connection")), role: try line.string("role"), peer: try line.string("peer"),
      broker: try line.string("broker"), started: try line.optionalString("started"),
      facts: try line.object("facts"))
  }

  private mutating func readEntry(_ line: TranscriptLine) throws(Mismatch) -> Transcript.Entry {
    let number = try line.integer("n")
    guard number == entries.count else { throw Mismatch("n: expected \(entries.count), found \(number)") }
    let milliseconds = try line.real("ms")
    let previous = entries.last?.milliseconds ?? 0
    guard milliseconds >= previous else { throw Mismatch("ms: expected at least \(previous), found \(milliseconds)") }
    guard let direction = Transcript.Direction(rawValue: try line.string("direction")) else {
      throw Mismatch("direction: expected to-broker or from-broker, found \(try line.string("direction"))")
    }
    guard let bytes = Hex.decode(try line.string("raw")) else {
      throw Mismatch("raw: expected pairs of lower-case hexadecimal digits")
    }
    let frame = Frame(raw: try resplit(bytes, direction))
    guard frame.isMasked else { throw Mismatch("raw: the credentials are not masked") }
    return Transcript.Entry(number: Int(number), milliseconds: milliseconds, direction: direction, frame: frame)
  }

  private mutating func resplit(_ bytes: [UInt8], _ direction: Transcript.Direction) throws(Mismatch) -> [UInt8] {
    var splitter = splitters[direction] ?? FrameSplitter()
    splitter.append(bytes)
    let frame: [UInt8]?
    do throws(StreamError) {
      frame = try splitter.next()
    } catch {
      throw Mismatch("raw: \(error) of the stream \(direction.rawValue)")
    }
    guard let frame, splitter.pendingCount == 0 else {
      throw Mismatch("raw: expected one frame, found \(bytes.count) bytes that are \(frame == nil ? "less" : "more")")
    }
    splitters[direction] = splitter
    return frame
  }

  private func readEnd(
    _ line: TranscriptLine
  ) throws(Mismatch) -> (Ending, [Transcript.Direction: Transcript.Undecoded]) {
    guard let ending = Ending(try line.string("end")) else {
      throw Mismatch("end: no connection ends by \(try line.string("end").debugDescription)")
    }
    var undecoded: [Transcript.Direction: Transcript.Undecoded] = [:]
    for direction in Transcript.Direction.allCases {
      guard let rest = line.members["undecoded"]?[direction.rawValue] else { continue }
      guard let bytes = rest["bytes"]?.integerValue, let reason = rest["reason"]?.stringValue, bytes > 0 else {
        throw Mismatch("undecoded.\(direction.rawValue): expected a number of bytes and a reason, found \(rest)")
      }
      undecoded[direction] = Transcript.Undecoded(bytes: Int(bytes), reason: reason)
    }
    return (ending, undecoded)
  }
}
