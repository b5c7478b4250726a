import Foundation
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct NamedInterpreterTests {
  private let places = PeerManifest.Places(cache: "/cache", executable: "/bin/syrpc")
  private static let manifest = """
    {
      "name": "p", "about": "an example", "environment": {"LEFT": "here"},
      "program": {"variable": "P", "default": "perl", "arguments": ["-w"]},
      "alternatives": [{"needs": "/nowhere", "command": ["{program}", "a"]}],
      "reference": {"command": ["{program}", "r"]},
      "missing": "{cache}/p.missing",
      "interpreters": {
        "version": ["version"], "parts": 2,
        "alternatives": [
          {"needs": "/", "command": ["{program}", "b", "{version}"], "environment": {"AT": "{cache}/p@{version}"},
           "note": "{program}"}
        ]
      }
    }
    """

  private func interpreter(_ version: String, _ path: String) -> NamedInterpreter {
    NamedInterpreter(path: path, version: Version(version) ?? Version("0")!)
  }

  /// A catalog of that peer alone.
  private func catalog(
    _ interpreters: [NamedInterpreter], references: [String: String] = [:], _ text: String = manifest
  ) async throws -> PeerCatalog {
    try await withTemporaryFolder { folder in
      try Files.write(Array(text.utf8), to: folder / "p/peer.json")
      return try PeerCatalog(
        folder: folder, places: places, references: references, interpreters: ["p": interpreters])
    }
  }

  @Test func aNameGoesByFewerPartsOfTheVersionToo() {
    #expect(PeerName.forms(of: "python@3.13") == ["python@3.13", "python@3", "python"])
    #expect(PeerName.forms(of: "python") == ["python"])
    #expect(PeerName.base(of: "python@3.13") == "python")
    #expect(PeerName.matches(Glob("python"), "python@3.13") && PeerName.matches(Glob("*@3.1?"), "python@3.13"))
    #expect(!PeerName.matches(Glob("python3"), "python@3.13") && !PeerName.matches(Glob("python@3.1"), "python@3.13"))
  }

  @Test func eachInterpreterIsAPeerInPlaceOfTheOneThatIsFound() async throws {
    let catalog = try await catalog([interpreter("3.9.18", "/a/p"), interpreter("3.13.0", "/b/p")])
    #expect(catalog.entries.map(\.manifest.name) == ["p@3.9", "p@3.13"])
    #expect(try catalog.selected([]).map(\.manifest.name) == ["p@3.9", "p@3.13"])
    #expect(try catalog.selected([Glob("p@3.9")]).map(\.manifest.name) == ["p@3.9"])
    #expect(try catalog.selected([Glob("p")]).map(\.manifest.name) == ["p@3.9", "p@3.13"])
    guard case .live(let command) = catalog.entries[1].availability else {
      Issue.record("it should be live")
      return
    }
    #expect(command.line == "/b/p -w b 3.13.0")
    #expect(command.environment == ["LEFT": "here", "AT": "/cache/p@3.13.0"])
    #expect(command.note == "/b/p")
    #expect(command.interpreter == "/b/p")
  }

  @Test func twoOfTheSameMinorVersionHaveLongerNames() async throws {
    let catalog = try await catalog(
      [interpreter("3.13.0", "/a"), interpreter("3.13.1", "/b"), interpreter("3.1.2", "/c")])
    #expect(catalog.entries.map(\.manifest.name) == ["p@3.13.0", "p@3.13.1", "p@3.1"])
    let error = await #expect(throws: InteropError.self) {
      _ = try await self.catalog([interpreter("3.13.0", "/a"), interpreter("3.13.0", "/b")])
    }
    #expect(error?.message.contains("/a and /b are both version 3.13.0") == true)
  }

  @Test func aReferenceRunsOnThemToo() async throws {
    for name in ["p", "p@3", "p@3.13"] {
      let catalog = try await catalog([interpreter("3.13.0", "/b")], references: [name: "/tmp"])
      guard case .live(let command) = catalog.entries[0].availability else {
        Issue.record("it should be live")
        return
      }
      #expect(command.line == "/b -w r")
      #expect(command.reference == "/tmp")
    }
    // Another version stands beside it.
    let two = try await catalog([interpreter("3.13.0", "/b")], references: ["p@next": "/tmp"])
    #expect(two.entries.map(\.manifest.name) == ["p@3.13", "p@next"])
    let error = await #expect(throws: InteropError.self) {
      _ = try await catalog([interpreter("3.13.0", "/b")], references: ["q@next": "/tmp"])
    }
    #expect(error?.message.contains("there is p@3.13") == true)
  }

  @Test func aReferenceThatIsAnInterpreterDoesNotGoWithAnother() async throws {
    let text = Self.manifest.replacing(#""name": "p","#, with: #""name": "p", "interpreter": true,"#)
    let error = await #expect(throws: InteropError.self) {
      _ = try await catalog([interpreter("3.13.0", "/b")], references: ["p": "/bin/sh"], text)
    }
    #expect(error?.message.contains("that is an interpreter, and p@3.13 is to run on /b") == true)
  }

  @Test func oneThatIsMissingSaysHowToInstallIt() async throws {
    let text = Self.manifest.replacing(#"{"needs": "/","#, with: #"{"needs": "/nowhere","#)
    let catalog = try await catalog([interpreter("3.13.0", "/b")], text)
    guard case .missing(let reason) = catalog.entries[0].availability else {
      Issue.record("it should be missing")
      return
    }
    #expect(reason == "not installed; interop/setup --interpreter p=/b installs it")
  }

  @Test(arguments: [
    ("echo 3.13.0", nil), ("echo rubbish", "it said rubbish"), ("echo 3", "it said 3"), ("exit 1", "does not say"),
  ])
  func itIsAskedForItsVersion(_ script: String, _ complaint: String?) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array(Self.manifest.utf8), to: folder / "p/peer.json")
      let program = folder / "program"
      try Files.write(Array("#!/bin/sh\n[ \"$*\" = '-w version' ] || exit 2\n\(script)\n".utf8), to: program)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      func ask() async throws -> [String: [NamedInterpreter]] {
        try await PeerCatalog.ask([("p", program)], folder: folder, places: places)
      }
      guard let complaint else {
        #expect(try await ask() == ["p": [interpreter("3.13.0", program)]])
        return
      }
      let error = await #expect(throws: InteropError.self) { _ = try await ask() }
      #expect(error?.message.hasPrefix("--interpreter p=\(program): ") == true)
      #expect(error?.message.contains(complaint) == true)
    }
  }

  @Test func whoTakesNoneIsNamed() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array(#"{"name": "q", "alternatives": [{"command": ["x"]}]}"#.utf8), to: folder / "q/peer.json")
      for (peer, complaint) in [("q", "has no \"interpreters\""), ("nobody", "there is no such peer")] {
        let error = await #expect(throws: InteropError.self) {
          _ = try await PeerCatalog.ask([(peer, "/bin/sh")], folder: folder, places: places)
        }
        #expect(error?.message.contains(complaint) == true)
      }
    }
  }
}
