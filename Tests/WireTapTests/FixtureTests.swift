import Foundation
import Testing
import WireTap

/// The transcripts of the reference implementations in `fixtures/transcripts`.
@Suite struct FixtureTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(components: "fixtures", "transcripts")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.filter { $0.hasSuffix(".jsonl") }.sorted()
  }()

  static func transcript(_ name: String) throws -> Transcript {
    try Transcript(jsonLines: try Data(contentsOf: folder.appending(component: name)))
  }

  @Test func areThere() {
    // Three peers, three scenarios, two roles.
    #expect(Self.names.count == 18)
  }

  @Test(arguments: names)
  func agreeWithTheirBytes(_ name: String) throws {
    let text = try Data(contentsOf: Self.folder.appending(component: name))
    let transcript = try Transcript(jsonLines: text)
    #expect(try transcript.jsonLines() == Array(text))
    #expect(name.hasPrefix("\(transcript.head.peer)-"))
    #expect(name.hasSuffix("-\(transcript.head.role)-\(transcript.head.connection).jsonl"))

    // Real conversations: nothing in them is beyond librabbitmq, inexact, or broken off.
    for entry in transcript.entries {
      if case .undecodable(let reason) = entry.frame.kind { Issue.record("frame \(entry.number): \(reason)") }
      #expect(entry.frame.method?.isExact != false && entry.frame.header?.isExact != false)
    }
    let contents = transcript.contents
    #expect(!contents.messages.isEmpty)
    #expect(contents.incomplete.isEmpty)
    #expect(contents.stray.isEmpty)
    let isSplit = contents.messages.contains { $0.bodyFrames > 1 }
    #expect(isSplit == (transcript.head.peer == "node" && !name.contains("collision")))
  }
}
