import Foundation
import InteropModel
import Testing

@testable import InteropFixtures
@testable import InteropSupport

@Suite struct FixtureVerificationTests {
  @Test func theFixturesAreAsTheyMustBe() throws {
    let verification = FixtureVerification(try checkout())
    #expect(verification.problems.isEmpty)
    #expect(verification.counts.count == 11)
  }

  @Test(arguments: [
    "contract.json", "divergences.json", "payloads/emoji.json", "payloads/index.json", "vectors/hash.json",
    "vectors/siphash.json", "vectors/naming.json", "transcripts/node-default-server-0.jsonl",
    "messages/swift.jsonl", "messages/recorded/php-default.jsonl", "CHECKSUMS",
  ])
  func aChangedByteIsFound(_ name: String) async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.folder / "fixtures" / name
      var bytes = try Files.read(path)
      bytes[bytes.count / 2] ^= 1
      try Files.write(bytes, to: path)
      #expect(!FixtureVerification(copy).problems.isEmpty)
    }
  }

  /// Whoever writes the checksums anew after a change by hand is still told what does not fit together.
  @Test(arguments: [
    ("vectors/hash.json", "\"low32\":", "\"low32\": 1"),
    ("contract.json", "EdaeYa6eesh3ahSh", "EdaeYa6eesh3ahSH"),
    ("contract.json", "_result_queue_", "_results_queue_"),
    ("messages/swift.jsonl", "00000000-0000", "00000001-0000"),
    ("messages/recorded/php-default.jsonl", "application/json", "application/jsom"),
    ("transcripts/python-default-client-1.jsonl", "\"routing-key\":\"golden_python_request\"", "\"routing-key\":\"x\""),
  ])
  func checksumsAreNotAll(_ name: String, _ text: String, _ other: String) async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.folder / "fixtures" / name
      var content = String(decoding: try Files.read(path), as: UTF8.self)
      let range = try #require(content.range(of: text))
      content.replaceSubrange(range, with: other)
      try Files.write(Array(content.utf8), to: path)
      try FixtureChecksums(copy).write()
      let problems = FixtureVerification(copy).problems
      #expect(!problems.isEmpty)
      #expect(!problems.contains { $0.contains("has changed") })
    }
  }

  /// A key that nobody knows, or a name of what does not exist, is said to be one.
  @Test(arguments: [
    (
      "fixtures/vectors/hash.json", "\"low32\":", "\"low23\":",
      "vector 1: \"low23\" means nothing here; did you mean \"low32\"?"
    ),
    ("fixtures/vectors/siphash.json", "\"source\":", "\"sauce\":", "line 3: \"sauce\" means nothing here"),
    ("fixtures/messages/swift.jsonl", "\"kind\":", "\"knid\":", "swift.jsonl line 1: \"knid\" means nothing here"),
    ("fixtures/messages/swift.jsonl", "\"body\":", "\"size\":1,\"body\":", "line 1: \"size\" means nothing here"),
    (
      "fixtures/messages/python3.jsonl", "\"from\":\"node\"", "\"from\":\"noed\"",
      "\"from\" noed, and there is no such set"
    ),
    ("fixtures/messages/swift.jsonl", "\"payload\":\"hello\"", "\"payload\":\"helo\"", "did you mean \"hello\"?"),
    ("fixtures/payloads/index.json", "\"portable\":", "\"potable\":", "entry 1: \"potable\" means nothing here"),
    ("fixtures/payloads/index.json", "\"unit\":", "\"units\":", "in \"repeat\": \"units\" means nothing here"),
    (
      "fixtures/payloads/index.json", "\"file\": \"hello.json\"", "\"file\": \"null.json\"",
      "hello.json is the \"file\" of no entry"
    ),
    (
      "fixtures/payloads/index.json", "\"repeat\":", "\"file\": \"x\", \"repeat\":", "either a \"file\" or a \"repeat\""
    ),
    ("fixtures/tested.json", "\"jansson\":", "\"janson\":", "run 1: \"janson\" means nothing here"),
    ("fixtures/tested.json", "\"known\":", "\"knwon\":", "run 1 is not one"),
    ("fixtures/contract.json", "\"mask\"", "\"maks\"", "in \"hash\": \"maks\" means nothing here"),
    ("fixtures/divergences.json", "\"peer\": \"python\"", "\"peer\": \"pyhton\"", "entry 1: \"peer\" is \"pyhton\""),
    ("fixtures/divergences.json", "\"divergences\":", "\"divergence\":", "\"divergence\" means nothing here"),
    ("fixtures/counts.json", "\"vectors\"", "\"vector\"", "\"vector\" means nothing here"),
    ("fixtures/CHECKSUMS", "  contract.json", " contract.json", "is no checksum, size and file"),
    ("fixtures/CHECKSUMS", "  contract.json", "  README.rst", "README.rst stands twice"),
    (
      "interop/peers/node/peer.json", "\"missing\":", "\"mising\":",
      "\"mising\" means nothing here; did you mean \"missing\"?"
    ),
    ("interop/peers/ruby/peer.json", "\"default\":", "\"defualt\":", "line 4: \"defualt\" means nothing here"),
    ("interop/peers/swift/peer.json", "\"note\":", "\"notes\":", "alternative 1: \"notes\" means nothing here"),
  ])
  func whatCannotBeUnderstoodIsNamed(_ name: String, _ text: String, _ other: String, _ message: String) async throws {
    try await withCopyOfFixtures { copy in
      // They take most of the time, and are read by themselves.
      for file in try Files.list(copy.transcripts) { try Files.remove(copy.transcripts / file) }
      let path = copy.folder / name
      var content = String(decoding: try Files.read(path), as: UTF8.self)
      let range = try #require(content.range(of: text))
      content.replaceSubrange(range, with: other)
      try Files.write(Array(content.utf8), to: path)
      let problems = FixtureVerification(copy).problems
      #expect(problems.contains { $0.contains(message) && !$0.contains("has changed") }, "\(problems)")
    }
  }

  @Test func aFileMoreOrLessIsFound() async throws {
    try await withCopyOfFixtures { copy in
      try Files.remove(copy.folder / "fixtures/vectors/README.rst")
      try Files.write([], to: copy.folder / "fixtures/extra")
      let problems = FixtureVerification(copy).problems
      #expect(problems.contains("fixtures/extra is not in CHECKSUMS"))
      #expect(problems.contains("fixtures/vectors/README.rst is missing"))
    }
  }
}
