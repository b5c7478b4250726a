import SyRPCWire
import Testing

/// What a test expects of a `JSONError`: its message is jansson's business.
struct Failure: Error, Equatable, CustomStringConvertible {
  let code: JSONError.Code
  let byteOffset: Int?

  init(_ code: JSONError.Code, _ byteOffset: Int?) {
    self.code = code
    self.byteOffset = byteOffset
  }

  var description: String { "\(code) at \(byteOffset.map(String.init) ?? "no byte")" }
}

/// Reads a text and throws the ``Failure`` of it.
func failure(_ text: some Collection<UInt8>, options: JSON.ReadingOptions = []) throws(Failure) {
  do { _ = try JSON(parsing: text, options: options) } catch { throw Failure(error.code, error.byteOffset) }
}

func failure(_ text: String, options: JSON.ReadingOptions = []) throws(Failure) {
  try failure(text.utf8, options: options)
}

@Suite struct JSONErrorTests {
  @Test(
    arguments: [
      ("", .syntax, 0), (" ", .syntax, 1), ("[1] x", .syntax, 5), ("[1][", .syntax, 4), ("nul", .syntax, 3),
      ("[1,]", .syntax, 4), ("{\"a\"}", .syntax, 5), ("{a:1}", .syntax, 2), ("[01]", .syntax, 2), ("[+1]", .syntax, 2),
      ("[.5]", .syntax, 2), ("[1.]", .syntax, 3), ("[NaN]", .syntax, 4), ("[Infinity]", .syntax, 9),
      ("[\"\n\"]", .syntax, 2), ("[\"\\x\"]", .syntax, 4), ("'a'", .syntax, 1), ("[1", .syntax, 2), ("\"a", .syntax, 2),
      ("[\"\\u12\"]", .syntax, 7),
      ("[9223372036854775808]", .integerTooBig, 20), ("[-9223372036854775809]", .integerTooBig, 21),
      ("[1e400]", .realOverflow, 6), ("[-1e400]", .realOverflow, 7),
      ("[\"\\ud800\"]", .invalidUTF8, 9), ("[\"\\udc00\"]", .invalidUTF8, 9),
      ("[\"\\ud800\\u0041\"]", .invalidUTF8, 15),
      ("{\"a\\u0000\":1}", .nulInKey, 10),
    ] as [(String, JSONError.Code, Int)])
  func brokenTextsAreNamedByKindAndByte(_ text: String, _ code: JSONError.Code, _ byteOffset: Int) throws {
    #expect(throws: Failure(code, byteOffset), "\(text)") { try failure(text) }
  }

  @Test(
    arguments: [
      // Overlong slash, overlong NUL, half of a surrogate pair, beyond U+10FFFF, a lone continuation, cut off.
      ([0xC0, 0xAF], 1), ([0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0x80], 1),
      ([0xE2, 0x82], 1), ([0xFF], 1), ([0xE0, 0x80, 0xAF], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1),
    ] as [([UInt8], Int)])
  func onlyStrictUTF8IsRead(_ bytes: [UInt8], _ byteOffset: Int) throws {
    let text = Array("\"".utf8) + bytes + Array("\"".utf8)
    #expect(throws: Failure(.invalidUTF8, byteOffset), "\(bytes)") { try failure(text) }
  }

  /// jansson's own words, which the codes are told by; the same from 2.10 on.
  @Test func eachKindHasJanssonsWords() {
    func message(_ text: some Collection<UInt8>) -> String {
      do { _ = try JSON(parsing: text, options: .rejectDuplicateKeys) } catch { return error.message }
      return "no error"
    }
    #expect(message("[9223372036854775808]".utf8).hasPrefix("too big integer"))
    #expect(message("[-9223372036854775809]".utf8).hasPrefix("too big negative integer"))
    #expect(message("[1e400]".utf8).hasPrefix("real number overflow"))
    #expect(message("[\"\\ud800\"]".utf8).hasPrefix("invalid Unicode '\\uD800'"))
    #expect(message("{\"a\":1,\"a\":2}".utf8).hasPrefix("duplicate object key"))
    #expect(message("{\"a\\u0000\":1}".utf8).hasPrefix("NUL byte in object key"))
    #expect(message(Array(repeating: UInt8(ascii: "["), count: 4096)).hasPrefix("maximum parsing depth"))
    #expect(message([UInt8(ascii: "\""), 0xFF]).hasPrefix("unable to decode byte 0xff"))
  }

  @Test func aByteOrderMarkIsNoneOfJSON() {
    #expect(throws: Failure.self) { try failure("\u{FEFF}[]") }
  }

  @Test func truncatedUTF8AtTheEnd() {
    #expect(throws: Failure.self) { try failure([UInt8(ascii: "\""), 0xE2, 0x82]) }
  }

  @Test func theMessageNamesTheByte() throws {
    do {
      _ = try JSON(text: "[1,]")
      Issue.record("it was read")
    } catch {
      #expect("\(error)".hasSuffix(" at byte 4"))
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
  func whatIsNotFiniteIsNotWritten(_ value: Double) {
    let error = #expect(throws: JSONError.self) { try JSON.array([.real(value)]).encoded() }
    #expect(error?.code == .notFinite)
    #expect(error?.byteOffset == nil)
  }

  @Test func aKeyWithNulIsNotWritten() {
    let error = #expect(throws: JSONError.self) { try JSON.object(["a\u{0}": 1]).encoded() }
    #expect(error?.code == .nulInKey)
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func depthIsLimitedBothWays(_ open: String, _ close: String) throws {
    func nested(_ depth: Int, around core: String) -> String {
      String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
    }
    // A scalar counts as a level, as jansson has it.
    for (text, fits) in [
      (nested(JSON.maximumDepth - 1, around: "[]"), true), (nested(JSON.maximumDepth - 1, around: "1"), true),
      (nested(JSON.maximumDepth, around: "[]"), false), (nested(JSON.maximumDepth, around: "1"), false),
    ] {
      if fits {
        #expect(try JSON(text: text).text == text)
      } else {
        let error = #expect(throws: JSONError.self) { () -> Void in _ = try JSON(text: text) }
        #expect(error?.code == .tooDeep)
      }
    }
    // The same bound for what was not read.
    for (core, isScalar) in [(JSON.array([]), false), (1, true)] {
      var value = core
      for _ in 1..<JSON.maximumDepth { value = open == "[" ? [value] : ["a": value] }
      #expect(try JSON(parsing: try value.encoded()) == value, "scalar \(isScalar)")
      let tooDeep: JSON = [value]
      // Not the encoded bytes, which a failure would print.
      let error = #expect(throws: JSONError.self, "scalar \(isScalar)") { () -> Void in _ = try tooDeep.encoded() }
      #expect(error?.code == .tooDeep)
    }
  }
}
