import Foundation
import InteropModel
import Testing

@testable import InteropFixtures
@testable import InteropSupport

@Suite struct FixtureCountsTests {
  private func cut(_ path: String, toLines count: Int) throws {
    let lines = try Files.read(path).split(separator: UInt8(ascii: "\n")).prefix(count)
    try Files.write(lines.flatMap { $0 + [UInt8(ascii: "\n")] }, to: path)
  }

  @Test func theCheckoutHasWhatItSays() throws {
    #expect(try FixtureCounts(try checkout()).problems == [])
  }

  @Test func aSetThatShrinksIsFoundAndNotBlessed() async throws {
    try await withCopyOfFixtures { copy in
      let counts = copy.folder / "fixtures/counts.json"
      let before = try Files.read(counts)
      try cut(copy.messages / "swift.jsonl", toLines: 1)
      try FixtureChecksums(copy).write()
      let problems = FixtureVerification(copy).problems
      #expect(
        problems.contains { $0.hasPrefix("golden requests of swift: there are 1, and by \(counts) ") }, "\(problems)")
      #expect(problems.contains { $0.hasPrefix("golden results of swift: there are 0, and by \(counts) ") })
      let error = try #require(throws: InteropError.self) { try FixtureCounts(copy).write() }
      #expect(error.message.contains("golden requests of swift") && error.message.contains("nothing was written"))
      #expect(try Files.read(counts) == before)
    }
  }

  @Test(arguments: ["messages/php.jsonl", "transcripts/node-default-server-0.jsonl"])
  func aFileThatIsGoneIsFound(_ name: String) async throws {
    try await withCopyOfFixtures { copy in
      try Files.remove(copy.folder / "fixtures" / name)
      #expect(throws: InteropError.self) { try FixtureCounts(copy).checkNothingIsMissing() }
    }
  }

  @Test func vectorsAndPayloadsAreCounted() async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.folder / "fixtures/counts.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      for (name, message) in [("hash.json", "vectors of hash.json"), ("index.json", "payloads of index.json")] {
        let range = try #require(text.range(of: "\"\(name)\":"))
        var more = text
        more.insert("9", at: range.upperBound)
        try Files.write(Array(more.utf8), to: path)
        #expect(try FixtureCounts(copy).problems.first?.hasPrefix(message) == true)
      }
    }
  }

  /// What is more is a problem until the number is raised, which a command does.
  @Test func aSetThatGrowsRaisesItsNumber() async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.messages / "other.jsonl"
      try Files.write(
        Array(#"{"kind":"request","payload":"hello","body":"{}"}"#.utf8) + [UInt8(ascii: "\n")], to: path)
      #expect(try FixtureCounts(copy).problems.count == 1)
      try FixtureCounts(copy).write()
      #expect(try FixtureCounts(copy).problems == [])
      try Files.remove(path)
      #expect(try FixtureCounts(copy).problems.count == 1)
    }
  }

  @Test func whatIsCountedHasToExist() async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.folder / "fixtures/counts.json"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      try Files.write(Array(text.replacing("\"vectors\"", with: "\"vektors\"").utf8), to: path)
      let error = try #require(throws: InteropError.self) { try FixtureCounts(copy) }
      #expect(error.message.contains("\"vektors\" means nothing here; did you mean \"vectors\"?"))
      try Files.write(Array(text.replacing("\"node\":6", with: "\"node\":\"6\"").utf8), to: path)
      #expect(throws: InteropError.self) { try FixtureCounts(copy) }
    }
  }
}
