import InteropModel
import Testing

@testable import InteropRunner
@testable import InteropSupport

@Suite struct PeerManifestTests {
  private let places = PeerManifest.Places(cache: "/cache", executable: "/bin/syrpc")

  private func manifest(_ text: String) async throws -> PeerManifest {
    try await withTemporaryFolder { folder in
      try Files.write(Array(text.utf8), to: folder / "peer.json")
      return try PeerManifest(folder: folder, places: places)
    }
  }

  @Test func theWordsInBracesAreResolved() async throws {
    let manifest = try await manifest(
      #"{"name": "p", "alternatives": [{"command": ["{executable}", "{cache}/x"], "environment": {"A": "{cache}"}}]}"#)
    guard case .live(let command) = try manifest.availability(reference: nil) else {
      Issue.record("it should be live")
      return
    }
    #expect(command.executable == "/bin/syrpc")
    #expect(command.arguments == ["/cache/x"])
    #expect(command.environment == ["A": "/cache"])
  }

  @Test func theFirstAlternativeThatFitsIsTaken() async throws {
    let manifest = try await manifest(
      """
      {"name": "p", "alternatives": [
        {"needs": "/nowhere/ready", "command": ["one"]}, {"needs": "/", "command": ["two"]}, {"command": ["three"]}
      ]}
      """)
    guard case .live(let command) = try manifest.availability(reference: nil) else {
      Issue.record("it should be live")
      return
    }
    #expect(command.executable == "two")
  }

  @Test func theReasonOfAMissingOneIsRead() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("no network\n".utf8), to: folder / "why")
      try Files.write(
        Array(
          #"{"name": "p", "missing": "\#(folder)/why", "alternatives": [{"needs": "/nowhere", "command": ["x"]}]}"#.utf8
        ),
        to: folder / "peer.json")
      let manifest = try PeerManifest(folder: folder, places: places)
      guard case .missing(let reason) = try manifest.availability(reference: nil) else {
        Issue.record("it should be missing")
        return
      }
      #expect(reason == "no network")
    }
  }

  @Test func aReferenceIsAFolderOrAnInterpreter() async throws {
    let manifest = try await manifest(#"{"name": "p", "interpreter": true, "alternatives": [{"command": ["x", "y"]}]}"#)
    guard case .live(let folder) = try manifest.availability(reference: "/tmp"),
      case .live(let program) = try manifest.availability(reference: "/bin/sh")
    else {
      Issue.record("it should be live")
      return
    }
    #expect(folder.executable == "x")
    #expect(folder.environment["SYRPC_REFERENCE"] == "/tmp")
    #expect(program.executable == "/bin/sh")
    #expect(program.arguments == ["y"])
    #expect(throws: InteropError.self) { try manifest.availability(reference: "/nowhere") }
  }

  @Test func theProgramIsThatOfTheVariable() async throws {
    let text =
      #"{"name": "p", "program": {"variable": "P", "default": "perl"}, "alternatives": [{"command": ["{program}", "a"]}]}"#
    func command(_ environment: [String: String]) async throws -> PeerCommand {
      try await withTemporaryFolder { folder in
        try Files.write(Array(text.utf8), to: folder / "peer.json")
        let places = PeerManifest.Places(cache: "/cache", executable: "/bin/syrpc", environment: environment)
        guard case .live(let command) = try PeerManifest(folder: folder, places: places).availability(reference: nil)
        else { throw InteropError("it should be live") }
        return command
      }
    }
    #expect(try await command([:]).executable == "perl")
    let asked = try await command(["P": "/opt/perl -w  -T"])
    #expect(asked.executable == "/opt/perl")
    #expect(asked.arguments == ["-w", "-T", "a"])
    // What repeats a cell has to set it again.
    #expect(asked.variables == ["P": "/opt/perl -w  -T"])
    #expect(try await command(["Q": "q"]).variables == [:])
  }

  @Test func whatTheProgramIsStartedWithComesBehindWhatIsAskedFor() async throws {
    let text =
      #"{"name": "p", "program": {"variable": "P", "default": "perl", "arguments": ["-w"]}, "alternatives": [{"command": ["{program}", "a"]}]}"#
    let manifest = try await manifest(text)
    guard case .live(let command) = try manifest.availability(reference: nil) else {
      Issue.record("it should be live")
      return
    }
    #expect(command.line == "perl -w a")
  }

  @Test func variablesAreSetAndRemoved() async throws {
    let text = """
      {"name": "p", "environment": {"P*": null, "PATH": "/p", "Q": null, "R": "s"},
       "alternatives": [{"command": ["x"], "environment": {"R": "t", "PATTERN": "p"}}]}
      """
    try await withTemporaryFolder { folder in
      try Files.write(Array(text.utf8), to: folder / "peer.json")
      let places = PeerManifest.Places(
        cache: "/cache", executable: "/bin/syrpc", environment: ["PAGER": "less", "PATTERN": "x", "HOME": "/"])
      guard case .live(let command) = try PeerManifest(folder: folder, places: places).availability(reference: nil)
      else {
        Issue.record("it should be live")
        return
      }
      #expect(command.environment == ["PAGER": nil, "PATTERN": "p", "PATH": "/p", "Q": nil, "R": "t"])
    }
  }

  @Test func aReferenceNeedsNothingThatIsInstalled() async throws {
    let manifest = try await manifest(
      """
      {"name": "p", "alternatives": [{"needs": "/nowhere", "command": ["installed"]}],
       "reference": {"command": ["checkout"], "environment": {"A": "b"}}}
      """)
    guard case .live(let command) = try manifest.availability(reference: "/tmp") else {
      Issue.record("it should be live")
      return
    }
    #expect(command.executable == "checkout")
    #expect(command.environment == ["A": "b", "SYRPC_REFERENCE": "/tmp"])
    #expect(command.reference == "/tmp")
  }

  @Test func aMissingOneThatWasRecordedIsReplayed() async throws {
    let manifest = try await manifest(
      #"{"name": "p", "alternatives": [{"needs": "/nowhere", "command": ["x"]}]}"#)
    guard case .replay = try manifest.availability(reference: nil, isRecorded: true),
      case .missing = try manifest.availability(reference: nil, isRecorded: false)
    else {
      Issue.record("it should be replayed only if it was recorded")
      return
    }
    let error = try #require(throws: InteropError.self) {
      try manifest.availability(reference: "/tmp", isRecorded: true)
    }
    #expect(error.message.contains("--reference p=/tmp"), "a reference that cannot be run is not replaced in silence")
  }

  @Test(arguments: [
    (#"{"name": 1}"#, "\"name\" is an integer"), (#"{"alternatives": []}"#, "\"name\" is missing"),
    (#"{"name": "a-b"}"#, "a character that a peer's name cannot have"),
    ("{\"name\": \"a/\u{338}b\"}", "a character that a peer's name cannot have"),
    (#"{"name": "p"}"#, "no \"alternatives\""), (#"{"name": "p", "alternatives": [{}]}"#, "no \"command\""),
    (#"{"name": "p", "alternatives": [{"command": ["a", 1]}]}"#, "no \"command\" of strings"),
    (#"{"name": "p", "alternatives": [{"command": [""]}]}"#, "no \"command\" of strings"),
    (#"{"name": "p", "alternatives": [{"command": ["a"], "environment": {"A": 1}}]}"#, "\"A\" is an integer"),
    (#"{"name": "p", "alternatives": [{"command": ["a"], "environment": []}]}"#, "\"environment\" is an array"),
    (#"{"name": "p@3"}"#, "a character that a peer's name cannot have"),
    (#"{"name": "p", "environment": {"A*": ""}, "alternatives": [{"command": ["a"]}]}"#, "\"A*\" of \"environment\""),
    (
      #"{"name": "p", "program": {"variable": "P", "default": "p", "arguments": [1]}, "alternatives": [{"command": ["a"]}]}"#,
      "\"arguments\" of \"program\""
    ),
    (
      #"{"name": "p", "interpreters": {"parts": 1}, "alternatives": [{"command": ["a"]}]}"#, "no \"version\" of strings"
    ),
    (
      #"{"name": "p", "interpreters": {"version": ["a"], "parts": 0}, "alternatives": [{"command": ["a"]}]}"#,
      "no number of \"parts\""
    ),
    (#"{"name": "p", "default": "no", "alternatives": [{"command": ["a"]}]}"#, "\"default\" is a string"),
    (#"{"name": "p", "program": {"variable": "P", "default": ""}}"#, "no \"default\""),
    ("{", "line 1, column 1"),
  ])
  func aMalformedOneIsNamed(_ text: String, _ message: String) async throws {
    let error = try await #require(throws: InteropError.self) { _ = try await manifest(text) }
    #expect(error.message.contains("peer.json"))
    #expect(error.message.contains(message), "\(error)")
  }

  @Test func thePeersOfTheCheckoutAreWellFormed() throws {
    let catalog = try PeerCatalog(folder: try checkout().peers, places: places, references: [:])
    let names = catalog.entries.map(\.manifest.name)
    #expect(names.contains("swift") && names.contains("python") && names.contains("python3"))
    #expect(try catalog.selected([]).map(\.manifest.name) == ["node", "php", "python", "swift"])
    #expect(throws: InteropError.self) { try catalog.selected([Glob("nobody*")]) }
    #expect(throws: InteropError.self) {
      try PeerCatalog(folder: try checkout().peers, places: places, references: ["nobody": "/"])
    }
  }
}
