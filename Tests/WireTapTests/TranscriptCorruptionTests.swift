import Testing
import WireTap

/// A transcript whose lines and bytes do not agree is refused, with the line.
@Suite struct TranscriptCorruptionTests {
  private static let text: [String] = {
    let written = (try? Transcript.ofEverything.jsonLines()) ?? []
    return String(decoding: written, as: UTF8.self).split(separator: "\n").map(String.init)
  }()
  private static let frameLines = 1...Transcript.ofEverything.entries.count

  private func failure(_ lines: [String], ending: String = "\n") -> TranscriptError? {
    do {
      _ = try Transcript(jsonLines: (lines.joined(separator: "\n") + ending).utf8)
      return nil
    } catch {
      return error
    }
  }

  /// The lines up to one that is changed.
  private func beginning(_ index: Int, _ changed: String) -> [String] { Self.text[..<index] + [changed] }

  /// The lines with one of them changed.
  private func lines(_ index: Int, _ change: (String) -> String) -> [String] {
    var lines = Self.text
    lines[index] = change(lines[index])
    return lines
  }

  private func replacing(_ old: String, by new: String, in line: String) -> String {
    line.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
  }

  /// All bytes of all frames, one bit each, the bit being another for each byte.
  @Test(arguments: frameLines)
  func aFlippedBitOfRawIsFound(line index: Int) throws {
    let parts = Self.text[index].split(separator: #""raw":""#)
    try #require(parts.count == 2)
    let digits = Array(parts[1].utf8.dropLast(2))
    // Of long bodies only some, so that the test stays fast.
    for offset in stride(from: 0, to: digits.count, by: digits.count > 2000 ? 97 : 1) {
      let digit = try #require(UInt8(String(UnicodeScalar(digits[offset])), radix: 16))
      var flipped = digits
      flipped[offset] = try #require(String(digit ^ 1 << UInt8(offset % 4), radix: 16).utf8.first)
      let changed = parts[0] + #""raw":""# + String(decoding: flipped, as: UTF8.self) + #""}"#
      let error = failure(beginning(index, changed))
      #expect(error?.line == index + 1, "digit \(offset): \(error.map { "\($0)" } ?? "accepted")")
    }
  }

  /// Every value of every line, and the form; but for `ms`, the one thing that the raw bytes do not tell.
  @Test(arguments: frameLines)
  func aChangedCharacterIsFound(line index: Int) {
    let characters = Array(Self.text[index].utf8)
    // {"n":1,"ms":0.125,"direction" …
    let columns = characters.split(separator: UInt8(ascii: ","), maxSplits: 2)
    let time = columns[1].indices
    for offset in stride(from: 0, to: characters.count, by: characters.count > 2000 ? 211 : 1) {
      if time.contains(offset) { continue }
      var changed = characters
      changed[offset] = changed[offset] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
      let error = failure(beginning(index, String(decoding: changed, as: UTF8.self)))
      #expect(error?.line == index + 1, "character \(offset): \(error.map { "\($0)" } ?? "accepted")")
    }
  }

  @Test func aDifferenceIsNamed() throws {
    let index = try #require(Self.text.firstIndex { $0.contains(#""queue":"q""#) })
    let other = lines(index) { replacing(#""queue":"q""#, by: #""queue":"r""#, in: $0) }
    #expect(failure(other)?.description == #"line \#(index + 1): fields.queue: expected "q", found "r""#)
    let extra = lines(index) { replacing(#""queue":"q""#, by: #""queue":"q","more":1"#, in: $0) }
    #expect(failure(extra)?.description == "line \(index + 1): fields.more: expected nothing, found 1")
    let order = lines(index) {
      replacing(#""passive":true,"durable":true"#, by: #""durable":true,"passive":true"#, in: $0)
    }
    #expect(failure(order)?.message.hasPrefix("right values, wrong form from byte") == true)
    let twice = lines(index) { replacing(#"{"n""#, by: #"{"n":0,"n""#, in: $0) }
    #expect(failure(twice)?.message.hasPrefix("not JSON: duplicate object key") == true)
    let space = lines(index) { $0 + " " }
    #expect(failure(space)?.line == index + 1)
  }

  @Test func linesMustBeCompleteAndInOrder() {
    let count = Self.text.count
    #expect(failure(Self.text) == nil)
    #expect(failure([], ending: "")?.line == 1)
    #expect(failure(Self.text, ending: "")?.message.hasPrefix("cut off") == true)
    #expect(failure(Self.text.dropLast())?.message.hasPrefix("cut off") == true)
    #expect(failure(Array(Self.text.dropFirst()))?.message == "transcript: expected an integer, found nothing")
    #expect(failure(Self.text + ["{}"])?.description == #"line \#(count + 1): nothing may follow the line with "end""#)
    var missing = Self.text
    missing.remove(at: 4)
    #expect(failure(missing)?.description == "line 5: n: expected 3, found 4")
    var swapped = Self.text
    swapped.swapAt(4, 5)
    #expect(failure(swapped)?.line == 5)
    let future = lines(0) { replacing(#""transcript":1"#, by: #""transcript":2"#, in: $0) }
    #expect(failure(future)?.message == "a transcript of version 2, where only 1 is known")
    #expect(failure(lines(count - 1) { replacing("closed by peer", by: "closed", in: $0) })?.line == count)
    #expect(failure(lines(count - 1) { replacing(#""bytes":12"#, by: #""bytes":0"#, in: $0) })?.line == count)
    #expect(failure(lines(0) { _ in "" })?.line == 1)
    #expect(failure(lines(0) { _ in "[]" })?.message == "expected an object, found an array")
  }

  @Test func timeDoesNotGoBack() {
    let early = lines(5) { replacing(#""ms":0.5"#, by: #""ms":0.25"#, in: $0) }
    #expect(failure(early)?.description == "line 6: ms: expected at least 0.375, found 0.25")
    #expect(failure(lines(1) { replacing(#""ms":0.0"#, by: #""ms":-1.0"#, in: $0) })?.line == 2)
  }

  @Test func aProtocolHeaderStandsAtTheStart() throws {
    let transcript = Transcript.of([Wire.heartbeat, Wire.protocolHeader])
    let error = #expect(throws: TranscriptError.self) { try Transcript(jsonLines: try transcript.jsonLines()) }
    #expect(error?.description == "line 3: raw: impossible frame type 0x41 at byte 8 of the stream to-broker")
  }
}
