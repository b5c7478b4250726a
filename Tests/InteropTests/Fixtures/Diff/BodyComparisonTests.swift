import Testing

@testable import InteropFixtures

/// What is said of two bodies that differ.
@Suite struct BodyComparisonTests {
  private func said(_ old: String, _ new: String) -> [String] {
    BodyComparison(Array(old.utf8), Array(new.utf8)).changes.map { change in
      ([change.what] + [change.old, change.new].compactMap(\.self)).joined(separator: " | ")
    }
  }

  @Test func nothingOfTheSameBytes() { #expect(said(#"{"a":1}"#, #"{"a":1}"#) == []) }

  @Test func fieldsThatAreNewOrGone() {
    #expect(said(#"{"a":1}"#, #"{"a":1,"trace":"x"}"#) == ["field `trace` is new"])
    #expect(said(#"{"a":1,"b":{"c":2}}"#, #"{"a":1,"b":{}}"#) == ["field `b.c` is gone"])
  }

  @Test func theOrderOfFields() {
    #expect(said(#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#) == ["order of fields changed | a, b | b, a"])
    #expect(
      said(#"{"d":{"a":1,"b":2}}"#, #"{"d":{"b":2,"a":1}}"#) == ["order of the fields of `d` changed | a, b | b, a"])
    // One that is new in between is not another order.
    #expect(said(#"{"a":1,"b":2}"#, #"{"a":1,"x":0,"b":2}"#) == ["field `x` is new"])
  }

  @Test func valuesAndTheirTypes() {
    #expect(said(#"{"a":1}"#, #"{"a":2}"#) == ["`a` | 1 | 2"])
    #expect(said(#"{"a":[1,2]}"#, #"{"a":[1,3]}"#) == ["`a[1]` | 2 | 3"])
    #expect(said(#"{"a":1}"#, #"{"a":"1"}"#) == ["the type of `a` | an integer 1 | a string \"1\""])
    #expect(said("[1]", "[1,2]") == ["the number of elements of the body | 1 | 2"])
  }

  @Test func separators() {
    #expect(said(#"{"a":1,"b":2}"#, #"{"a":1, "b":2}"#) == [#"separator of items | "," | ", ""#])
    #expect(said(#"{"a":1}"#, #"{"a": 1}"#) == [#"separator of key and value | ":" | ": ""#])
    #expect(said("[1]", "[1]\n") == [#"white space elsewhere | "" | "\n""#])
    // An empty value has none to compare with.
    #expect(said(#"{"a":{}}"#, #"{"a":{"b":1}}"#) == ["field `a.b` is new"])
  }

  @Test func escapes() {
    #expect(
      said(#"["ü"]"#, #"["\u00fc"]"#) == [
        #"escapes | characters beyond ASCII are raw UTF-8 | characters beyond ASCII are escaped as \u with lower-case digits"#
      ])
    #expect(said(#"["\u00fc"]"#, #"["\u00FC"]"#).first?.hasSuffix("with upper-case digits") == true)
    #expect(said(#"["/"]"#, #"["\/"]"#) == [#"escapes | "/" is not escaped | "/" is escaped"#])
    #expect(said(#"["\n"]"#, #"["\u000a"]"#) == [#"escapes | \n is a short escape | \u000a is written as a number"#])
  }

  @Test func spellingsOfNumbers() {
    #expect(said("[1.0e-7]", "[1e-07]") == ["spelling of numbers | 1.0e-7 | 1e-07"])
    #expect(said("[0.1]", "[0.10000000000000001]") == ["spelling of numbers | 0.1 | 0.10000000000000001"])
  }

  @Test func whatIsNoJSON() {
    #expect(said("{}", "{") == ["it is no JSON any more"])
    #expect(said("", "{}") == ["it is JSON now"])
    #expect(said("{", "}") == ["other bytes, neither JSON"])
  }
}
