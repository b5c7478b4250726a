import Foundation
import Testing

@testable import Interop

@Suite struct FixtureVerificationTests {
  @Test func theFixturesAreAsTheyMustBe() throws {
    let verification = FixtureVerification(try checkout())
    #expect(verification.problems.isEmpty)
    #expect(verification.counts.count == 7)
  }

  @Test(arguments: [
    "contract.json", "divergences.json", "payloads/emoji.json", "payloads/index.json", "vectors/hash.json",
    "vectors/siphash.json", "vectors/naming.json", "transcripts/node-default-server-0.jsonl",
    "messages/swift.jsonl", "messages/recorded/php-default.jsonl", "CHECKSUMS",
  ])
  func aChangedByteIsFound(_ name: String) async throws {
    try await withCopy { copy in
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
    try await withCopy { copy in
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

  @Test func aFileMoreOrLessIsFound() async throws {
    try await withCopy { copy in
      try Files.remove(copy.folder / "fixtures/vectors/README.rst")
      try Files.write([], to: copy.folder / "fixtures/extra")
      let problems = FixtureVerification(copy).problems
      #expect(problems.contains("fixtures/extra is not in CHECKSUMS"))
      #expect(problems.contains("fixtures/vectors/README.rst is missing"))
    }
  }

  private func withCopy(_ body: (Checkout) throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: checkoutFolder / "fixtures", toPath: folder / "fixtures")
      try body(try Checkout(folder: folder))
    }
  }
}
