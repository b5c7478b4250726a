import SyRPCWire
import Testing

@Suite struct JSONTextTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "[]", "{}", "\"\"",
    "[1,[2,[3,{\"a\":null}]]]", "{\"b\":1,\"a\":2}", "1.5", "-0.0", "1e+21", "5e-324",
  ])
  func compactTextsComeBackAsTheyWere(_ text: String) throws {
    #expect(try JSON(text: text).text == text)
  }

  @Test func whiteSpaceAroundAndWithinCountsForNothing() throws {
    #expect(try JSON(text: " \t\r\n{ \"a\" : [ 1 , 2 ] } \n") == ["a": [1, 2]])
  }

  @Test func outputIsASCIIWhateverTheInput() throws {
    let value: JSON = ["Zürich\u{1F}\"\\/\u{7F}": .string("日本 😀 \u{2028}\u{10FFFF}\u{8}\u{C}\n\r\t"), "e\u{301}": 1]
    let bytes = try value.encoded()
    #expect(bytes.allSatisfy { (0x20..<0x80).contains($0) })
  }

  @Test func escapes() throws {
    let value = JSON.string("\u{0}\u{1}\u{1F}\"\\/\u{7F}\u{8}\u{C}\n\r\tü\u{FFFF}😀")
    #expect(
      try value.text == #""\u0000\u0001\u001F\"\\/\#u{7F}\b\f\n\r\t\u00FC\uFFFF\uD83D\uDE00""#)
    #expect(try JSON(text: try value.text) == value)
  }

  @Test func nulIsKeptInStrings() throws {
    #expect(try JSON(text: #"["\u0000","a\u0000b"]"#) == [.string("\u{0}"), .string("a\u{0}b")])
  }

  @Test func orderOfKeysIsKept() throws {
    let text = #"{"z":1,"a":2,"m":{"y":1,"x":2},"10":0,"9":0}"#
    #expect(try JSON(text: text).text == text)
    #expect(try JSON(text: text).objectValue?.keys == ["z", "a", "m", "10", "9"])
  }

  @Test func canonicallyEquivalentKeysStayTwo() throws {
    let value = try JSON(text: "{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(try value.text == #"{"\u00E9":1,"e\u0301":2}"#)
  }

  @Test func ofDuplicateKeysTheLastWinsInTheFirstOnesPlace() throws {
    #expect(try JSON(text: #"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
  }

  @Test func duplicateKeysCanBeRefused() throws {
    #expect(throws: Failure(.duplicateKey, 10)) { try failure(#"{"a":1,"a":2}"#, options: .rejectDuplicateKeys) }
    #expect(throws: Never.self) { try failure(#"{"a":{"b":1},"b":{"b":1}}"#, options: .rejectDuplicateKeys) }
  }

  @Test func largeStrings() throws {
    let value = JSON.string(String(repeating: "ü😀a\u{1}", count: 300_000))
    #expect(try JSON(parsing: try value.encoded()) == value)
  }

  @Test func anyCollectionOfBytesIsRead() throws {
    #expect(try JSON(parsing: Array("xx[1]yy".utf8)[2..<5]) == [1])
    #expect(try JSON(parsing: "[1]".utf8.lazy.map(\.self)) == [1])
  }

  @Test func descriptionIsTheText() {
    #expect("\(JSON.array([1, "a"]))" == #"[1,"a"]"#)
    #expect("\(JSON.real(.nan))".hasPrefix("unencodable JSON: "))
  }
}
