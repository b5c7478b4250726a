import Testing

@testable import InteropSupport

@Suite struct StrictObjectTests {
  private func message(_ text: String, _ read: (StrictObject) throws -> Void = { _ in }) throws -> String {
    try #require(throws: InteropError.self) {
      try read(try StrictObject(of: "file", Array(text.utf8), keys: ["name", "count", "parts"]))
    }.message
  }

  @Test func anUnknownKeyIsNamedWithItsLineAndTheNearest() throws {
    #expect(
      try message("{\n  \"name\": \"a\",\n  \"conut\" : 1\n}\n")
        == "file line 3: \"conut\" means nothing here; did you mean \"count\"?")
    #expect(try message("{\"xyz\": 1}") == "file: \"xyz\" means nothing here; known: name, count, parts")
  }

  @Test func theLineIsThatOfTheKeyThatIsMeant() throws {
    let text = "{\n  \"name\": \"conut\",\n  \"parts\": {\"conut\": 1},\n  \"conut\": 1\n}\n"
    #expect(try message(text).hasPrefix("file line 4: \"conut\""))
  }

  @Test func aPartSaysWhereItIs() throws {
    #expect(
      try message("{\"parts\": [{\"a\": 1}, {\"b\": 1}]}") { _ = try $0.objects("parts", "part", keys: ["a"]) }
        == "file, part 2: \"b\" means nothing here; did you mean \"a\"?")
    #expect(
      try message("{\"parts\": {\"a\": 1.5}}") { _ = try $0.object("parts", keys: ["a"])?.integer("a") }
        == "file, in \"parts\": \"a\" is a real number, not an integer")
  }

  @Test func aValueOfAnotherTypeIsNamed() throws {
    let text = "{\n\"name\": 1,\n\"count\": \"2\", \"parts\": [\"a\", 1]}\n"
    #expect(try message(text) { _ = try $0.text("name") } == "file line 2: \"name\" is an integer, not a string")
    #expect(try message(text) { _ = try $0.integer("count") }.hasSuffix("\"count\" is a string, not an integer"))
    #expect(try message(text) { _ = try $0.flag("count") }.hasSuffix("\"count\" is a string, not a boolean"))
    #expect(try message(text) { _ = try $0.texts("parts") }.hasSuffix("\"parts\" is an array, not an array of strings"))
    #expect(try message(text) { _ = try $0.object("parts", keys: []) }.hasSuffix("is an array, not an object"))
    #expect(
      try message(text) { _ = try $0.objects("parts", "part", keys: []) }
        == "file line 3, part 1: it is a string, not an object")
    #expect(try message("{}") { _ = try $0.needed("name", $0.text) } == "file: \"name\" is missing")
    #expect(try message("[]") == "file: it is an array, not an object")
  }

  @Test(arguments: [
    ("pyhton", "python"), ("setings", "settings"), ("x-expirez", "x-expires"), ("swif", "swift"), ("ruby", nil),
    ("", nil),
  ])
  func theNearestIsOneThatMayBeMeant(_ name: String, _ nearest: String?) {
    #expect(Spelling.nearest(to: name, among: ["python", "settings", "x-expires", "swift"]) == nearest)
  }

  /// What a peer says may be of any length.
  @Test func aHostileNameCostsNothing() throws {
    let name = String(repeating: "e\u{301}", count: 1_000_000)
    #expect(try message("{\"\(name)\": 1}").utf8.count < 1000)
  }
}
