import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropFixtures
@testable import InteropModel
@testable import InteropSupport

/// What is said of two folders of fixtures.
@Suite struct FixtureComparisonTests {
  /// Changes the text of one fixture in a copy, and compares.
  private func comparison(_ file: String, _ change: (String) -> String) async throws -> FixtureComparison {
    var comparison: FixtureComparison?
    try await withCopyOfFixtures { copy in
      let path = copy.folder / "fixtures" / file
      let before = String(decoding: try Files.read(path), as: UTF8.self)
      let after = change(before)
      #expect(before != after)
      try Files.write(Array(after.utf8), to: path)
      comparison = try FixtureComparison(checkoutFolder, copy.folder)
    }
    return try #require(comparison)
  }

  /// Changes a transcript frame by frame.
  private func comparison(
    _ name: String, frames change: (Transcript.Entry) -> [UInt8]?
  ) async throws -> FixtureComparison {
    try await comparison("transcripts/\(name).jsonl") { text in
      guard var transcript = try? Transcript(jsonLines: Array(text.utf8)) else { return text }
      let frames = transcript.entries.compactMap { entry in change(entry).map { (entry, $0) } }
      transcript.entries = frames.enumerated().map { number, frame in
        .init(
          number: number, milliseconds: Double(number), direction: frame.0.direction, frame: Frame(raw: frame.1))
      }
      return (try? transcript.jsonLines()).map { String(decoding: $0, as: UTF8.self) } ?? text
    }
  }

  @Test func nothingDiffersFromItself() throws {
    let comparison = try FixtureComparison(checkoutFolder, checkoutFolder / "fixtures")
    #expect(comparison.isSame)
    #expect(comparison.lines() == ["no difference"])
    #expect(comparison.json["differs"] == false)
  }

  @Test func aChangeInEveryMessageIsOneSentence() async throws {
    let id = #"\"result_id\": \"00000000-0000-4000-8000-000000000000\""#
    let comparison = try await comparison("messages/python3.jsonl") {
      $0.replacing(id, with: id + #", \"trace\": \"x\""#)
    }
    let sentences = comparison.groups.map(\.sentence)
    #expect(sentences.count == 2, "\(sentences)")
    #expect(sentences[0].wholeMatch(of: #/python3: request: field `trace` is new \([0-9]+ places\)/#) != nil)
    #expect(sentences[1].wholeMatch(of: #/python3: result: field `trace` is new \([0-9]+ places\)/#) != nil)
    #expect(comparison.groups[0].occurrences.count > 50)
    let lines = comparison.lines()
    #expect(lines[0] == "golden messages:")
    let place = try #require(lines.firstIndex { $0.contains("request body-5000-bytes, byte ") })
    #expect(lines[place + 1].contains("before") && lines[place + 2].contains("trace"), "\(lines[place...])")
    #expect(lines.contains { $0.hasSuffix("places more: --all") })
    #expect(comparison.lines(isFull: true).count > lines.count)
  }

  @Test func anArgumentOfAQueueIsNamedWithBothValues() async throws {
    let comparison = try await comparison("node-default-server-0") { entry in
      guard entry.frame.method?.name == "queue.declare", entry.frame.raw.dropLast().suffix(3) == [0x73, 0x27, 0x10]
      else {
        return entry.frame.raw
      }
      return entry.frame.raw.dropLast(3) + [0x3A, 0x98, 0xCE]
    }
    #expect(comparison.groups.map(\.what) == ["x-message-ttl"])
    let sentence = try #require(comparison.groups.first?.sentence)
    #expect(sentence.hasPrefix("node: result queue: x-message-ttl 10000 → 15000 ("), "\(sentence)")
    #expect(comparison.groups.first?.occurrences.first?.isText == false)
    #expect(comparison.lines().contains { $0.contains(", queue.declare, byte ") && $0.hasSuffix(": 27 became 3a") })
  }

  @Test func aPropertyIsNamedAndItsByteIsShown() async throws {
    let comparison = try await comparison("php-default-server-0") { entry in
      guard entry.direction == .toBroker, entry.frame.header?.properties["delivery-mode"] == 2 else {
        return entry.frame.raw
      }
      var raw = entry.frame.raw
      // Behind envelope, class, weight, size, flags, and "application/json" and "utf-8" with their lengths.
      raw[7 + 14 + 17 + 6] = 1
      return raw
    }
    #expect(comparison.groups.map(\.sentence) == ["php: result: property delivery-mode: 2 → 1 (12 places)"])
    #expect(comparison.lines().contains { $0.hasSuffix("header of basic.publish, byte 44: 02 became 01") })
  }

  @Test func whatIsForReadersIsNoDifference() async throws {
    #expect(try await comparison("README.rst") { $0 + "\n" }.isSame)
  }

  @Test func flagsOfDeclarationsAreNamed() async throws {
    let comparison = try await comparison("php-default-server-0") { entry in
      guard entry.frame.method?.name == "exchange.declare" else { return entry.frame.raw }
      var raw = entry.frame.raw
      // The bits stand before the empty table of arguments and the frame's end.
      raw[raw.count - 6] &= ~2
      return raw
    }
    let sentences = comparison.groups.map(\.sentence)
    #expect(sentences.contains { $0.hasPrefix("php: request exchange: durable true → false") }, "\(sentences)")
  }

  @Test func whatIsNotSentAnyMoreIsNamed() async throws {
    let comparison = try await comparison("php-default-server-0") { entry in
      entry.frame.method?.name == "basic.ack" ? nil : entry.frame.raw
    }
    #expect(comparison.groups.count == 1)
    #expect(comparison.groups.first?.sentence == "php: acknowledgements: basic.ack is gone (12 places)")
  }

  @Test func timesAreNoDifferenceAndMentioned() async throws {
    let comparison = try await comparison("transcripts/php-default-server-0.jsonl") {
      $0.replacing(#/"ms":([0-9]+)\.0/#) { "\"ms\":\($0.1).5" }
    }
    #expect(comparison.isSame)
    #expect(
      comparison.lines().first?.hasPrefix("transcripts/php-default-server-0.jsonl: the same conversation") == true)
    #expect(comparison.lines().last == "no difference")
  }

  @Test func theContractByItsPath() async throws {
    let comparison = try await comparison("contract.json") {
      $0.replacing(#""amq_msg_ttl": 10,"#, with: #""amq_msg_ttl": 15,"#)
    }
    #expect(comparison.lines().prefix(2) == ["contract:", "  settings: default of amq_msg_ttl: 10 → 15"])
  }

  @Test func vectorsTogether() async throws {
    let comparison = try await comparison("vectors/siphash.json") {
      $0.replacing(#/"output": "(.)/#) { "\"output\": \"\($0.1 == "0" ? "1" : "0")" }
    }
    let group = try #require(comparison.groups.first)
    #expect(comparison.groups.count == 1 && group.source == .vectors && group.occurrences.count == 64)
    #expect(group.sentence.hasPrefix("vectors/siphash.json: `vectors[].output` first "), "\(group.sentence)")
  }

  @Test func filesThatAreGone() async throws {
    try await withCopyOfFixtures { copy in
      try Files.remove(copy.transcripts / "php-default-server-0.jsonl")
      let comparison = try FixtureComparison(checkoutFolder, copy.folder)
      #expect(comparison.groups.map(\.sentence) == ["transcripts/php-default-server-0.jsonl: is gone"])
    }
  }

  @Test func whatCannotBeCompared() throws {
    func message(_ old: String, _ new: String) -> String {
      do {
        _ = try FixtureComparison(old, new)
        return ""
      } catch { return error.message }
    }
    let fixtures = checkoutFolder / "fixtures"
    #expect(message(fixtures, "/no/such/place").contains("/no/such/place: there is no such"))
    #expect(message(fixtures, fixtures / "contract.json").contains("contract.json is a file"))
    #expect(message(fixtures, fixtures / "payloads").contains("payloads is no folder of fixtures"))
    let transcript = fixtures / "transcripts/php-default-server-0.jsonl"
    #expect(message(fixtures / "messages/php.jsonl", transcript).contains("is golden messages"))
  }

  @Test func aBrokenTranscriptIsNamedWithItsLine() async throws {
    try await withCopyOfFixtures { copy in
      let path = copy.transcripts / "php-default-server-0.jsonl"
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      try Files.write(Array(text.replacing("\"n\":7,", with: "\"n\":8,").utf8), to: path)
      let error = try #require(throws: InteropError.self) { try FixtureComparison(checkoutFolder, copy.folder) }
      #expect(error.message.contains("\(path): line 9: "), "\(error.message)")
    }
  }
}
