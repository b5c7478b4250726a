import InteropSupport
import Testing

@Suite struct WrappedTests {
  @Test(arguments: [
    ("as it was  here", 15, ["as it was  here"]), ("one two three", 8, ["one two", "three"]),
    ("  one two three", 8, ["  one", "    two", "    three"]),
    ("x averyverylongword y", 8, ["x", "  averyverylongword", "  y"]),
    ("", 5, [""]),
  ])
  func linesAreNoLongerThanTheyMayBe(_ text: String, _ width: Int, _ lines: [String]) {
    #expect(text.wrapped(to: width, indent: text.hasPrefix("one") ? 0 : 2) == lines)
  }
}
