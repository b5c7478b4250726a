import Foundation
import Testing

@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

/// The peers' own part of the installation, of interpreters that are named.
@Suite(.timeLimit(.minutes(10))) struct SetupTests {
  @Test(arguments: ["python", "node", "php"])
  func whatCannotBeInstalledHasItsReasonByTheVersion(_ peer: String) async throws {
    try await withTemporaryFolder { folder in
      let program = folder / "with space/program"
      try Files.write(Array("#!/bin/sh\necho 9.8.7\n".utf8), to: program)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
      var command = LineProcess.Command(
        executable: try checkout().peers / peer / "setup", arguments: [folder / "cache", "--interpreter", program])
      command.environment = ["SYRPC_SETUP": "none"]
      let process = try await LineProcess.start(command)
      _ = try? await process.receive(within: nil)
      _ = await process.terminate()
      let reason = SmallFile.read(folder / "cache/\(peer)@9.8.7.missing")
      #expect(reason?.trimmed == "not installed, and nothing may be installed")

      // There the harness looks for it.
      let places = PeerManifest.Places(cache: folder / "cache", executable: "/")
      let catalog = try PeerCatalog(
        folder: try checkout().peers, places: places, references: [:],
        interpreters: [peer: [NamedInterpreter(path: program, version: try #require(Version("9.8.7")))]])
      let entry = try #require(catalog.entries.first { PeerName.base(of: $0.manifest.name) == peer })
      guard case .missing(let found) = entry.availability else {
        Issue.record("it should be missing")
        return
      }
      #expect(found == reason?.trimmed)
    }
  }
}
