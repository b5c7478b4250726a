import SyRPCWire
import Testing

@Suite struct ExactJSONTests {
  private func exact(_ text: String) throws -> JSON { try JSON(exactly: text.utf8) }

  /// Texts of different values.
  private static let different = [
    "9223372036854775808", "\"9223372036854775808\"", "-9223372036854775809", "92233720368547758080",
    #""\ud800""#, #""\ud801""#, #""\udc00""#, #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud800\udc00""#, #""\\ud800""#,
    #""\u0000\ud800""#, #""\\u0000\ud800""#, #"{"\u0000":1}"#, #"{"\u0000\u0000":1}"#, #"{"":1}"#, #"{"a\u0000":1}"#,
    #"{"\\u0000":1}"#, "1e400", "-1e400", "1e401", "\"1e400\"",
    // The mark itself, raw and escaped, in texts that jansson can and cannot read.
    "\"\u{10FFFD}integer 9223372036854775808\"", "\"\u{10FFFD}mark;integer 9223372036854775808\"",
    "\"\u{10FFFD}unit 55296;\"", "\"\u{10FFFD}mark;unit 55296;\"", "\"\u{10FFFD}mark;\"", "\"\u{10FFFD}\"",
    "\"\u{10FFFD}\u{10FFFD}\"", "\"\u{10FFFD}real 1e400\"", "[\"\u{10FFFD}\",9223372036854775808]",
    "[\"\u{10FFFD}mark;\",9223372036854775808]", #"["\\udbff\\udffd"]"#, "{\"\u{10FFFD}unit 0;\":1}",
  ]

  @Test func differentTextsBecomeDifferentValues() throws {
    var seen: [JSON: String] = [:]
    for text in Self.different {
      let value = try exact(text)
      if let other = seen.updateValue(text, forKey: value) { Issue.record("\(text) and \(other) became \(value)") }
    }
  }

  @Test(arguments: [
    ("\"\u{10FFFD}\"", #""\uDBFF\udffd""#), (#""\ud800""#, #""\uD800""#), (#"["\u0000",1]"#, #"[ "\u0000" , 1 ]"#),
    ("[\"\u{10FFFD}\",99999999999999999999]", #"["\udbff\uDFFD",99999999999999999999]"#),
    (#"{"a":1,"b":99999999999999999999}"#, #"{"b":99999999999999999999,"a":1}"#),
  ])
  func textsOfOneValueStayEqual(_ one: String, _ other: String) throws {
    #expect(try exact(one) == exact(other))
  }

  @Test(arguments: ["null", "[1,2.5,-0.0]", #"{"a":"\u0000ü😀\\"}"#, "\"\u{10FFFC}\"", #""\udbff\udffc""#])
  func whatJanssonHoldsIsLeftAlone(_ text: String) throws {
    #expect(try exact(text) == JSON(text: text))
  }

  @Test func whatJanssonHoldsIsLeftAloneBesideWhatItDoesNot() throws {
    let value = try exact(#"{"a":"\ud800","b":"x\u0000","c":[1.5,18446744073709551616],"d\u0000":"\u0000"}"#)
    #expect(value["b"] == "x\0")
    #expect(value["c"]?.arrayValue?.first == 1.5)
    #expect(value.objectValue?.last?.value == "\0")
  }

  @Test(arguments: [
    "[18446744073709551616,-1e400,1.5]", #"["\ud800x\udc00",{"\u0000a":"\u0000"}]"#,
    #"["\udbff\udffd","\udbff\udffdmark;","\udbff\udffdunit 55296;","\\\ud800"]"#,
  ])
  func whatIsShownIsWhatWasRead(_ text: String) throws {
    #expect(try exact(text).exactDescription == text)
  }

  @Test(arguments: [
    #""\uDBFF\uDFFDunit 99999;""#, #""\uDBFF\uDFFDunit 65536;""#, #""\uDBFF\uDFFDunit 0""#, #""\uDBFF\uDFFDunit ;""#,
    #""\uDBFF\uDFFDinteger ""#, #""\uDBFF\uDFFDinteger 1x""#, #""\uDBFF\uDFFD""#,
  ])
  func aMarkOfOthersIsShownAsItIs(_ text: String) throws {
    #expect(try JSON(text: text).exactDescription == text)
  }

  @Test(.timeLimit(.minutes(1))) func manyNumbersTakeLinearTime() throws {
    // With a regular expression, each took 20 µs.
    let text = "[" + String(repeating: "1,", count: 500_000) + "18446744073709551616]"
    #expect(try exact(text).exactDescription == text)
  }

  @Test(arguments: [
    "", "[1-2]", "[12+3]", "[-]", "[--5]", "[009223372036854775808]", "[-09223372036854775808]",
    "[99999999999999999999",
    "[99999999999999999999-1]", "[1e400e5]", "[01e400]", "[1.e400]", "[\"\\ud8\"]", "[\"\\", "[\"\\ud800", "nul",
    "[\"\\u+123\"]", "[\"\\u-000\"]", "[\"\\u+000\"]",
  ])
  func whatIsNoJSONStaysNone(_ text: String) {
    #expect(throws: JSONError.self, "\(text)") { try exact(text) }
  }
}
