import Testing

@testable import InteropSupport

@Suite struct JSONLinesTests {
  private let lines = JSONLines(
    Array(
      """
      {
        "a": {"b": 1, "c\\"d": [
          true, {"b": "}]"},
          -1.5e3
        ]},

        "b":
          {"b": null}
      }
      """.utf8))

  @Test(arguments: [
    ([], 1), (["a"], 2), (["a", "b"], 2), (["a", "c\"d"], 2), (["a", "c\"d", "0"], 3), (["a", "c\"d", "1"], 3),
    (["a", "c\"d", "1", "b"], 3), (["a", "c\"d", "2"], 4), (["b"], 7), (["b", "b"], 8),
    // What is not there is sought where it would be.
    (["a", "x"], 2), (["b", "b", "x"], 8), (["x", "y"], 1),
  ])
  func everyMemberHasItsLine(_ path: [String], _ line: Int) {
    #expect(lines[path] == line)
  }
}
