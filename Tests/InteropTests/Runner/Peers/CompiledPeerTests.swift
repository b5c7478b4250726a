import Foundation
import InteropModel
import Testing

@testable import InteropBroker
@testable import InteropRunner
@testable import InteropSupport

private let environment = ProcessInfo.processInfo.environment

/// Whether there is what the setup of the peer c compiles with.
private let canCompile: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/sh")
  process.arguments = ["-c", "${CC:-cc} --version && pkg-config --exists librabbitmq jansson"]
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

private let hasBroker = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

/// The example of a peer that its setup compiles.
@Suite(.timeLimit(.minutes(10)), .enabled(if: canCompile, "needs a C compiler, pkg-config, librabbitmq and jansson"))
struct CompiledPeerTests {
  /// Runs the peer's setup; what the user has set for the compiler is left in place.
  private func setup(
    _ cache: String, _ arguments: String..., set: [String: String] = [:]
  ) async throws -> SetupSandbox.Outcome {
    let allowed = environment.merging(["SYRPC_SETUP": ""]) { $1 }
    return try await runScript(
      try checkout().peers / "c/setup", [cache] + arguments, environment: allowed.merging(set) { $1 })
  }

  /// What the harness finds.
  private func availability(_ cache: String) throws -> PeerAvailability? {
    let places = PeerManifest.Places(cache: cache, executable: "/")
    let catalog = try PeerCatalog(folder: try checkout().peers, places: places, references: [:])
    return catalog.entries.first { $0.manifest.name == "c" }?.availability
  }

  private func reasonItIsMissing(_ cache: String) throws -> String? {
    if case .missing(let reason) = try availability(cache) { reason } else { nil }
  }

  @Test func itIsBuiltOnceAndAnewWhenFlagsChange() async throws {
    try await withTemporaryFolder { cache in
      // There are no warnings.
      let strict = ["CFLAGS": "-O0 -Werror"]
      let first = try await setup(cache, set: strict)
      #expect(first.status == 0 && first.said == "setup: c: building\n", "\(SmallFile.read(cache / "c.log") ?? "")")
      guard case .live(let command) = try availability(cache) else {
        Issue.record("it should be live: \(SmallFile.read(cache / "c.missing") ?? "")")
        return
      }
      #expect(command.executable == cache / "c/adapter")
      #expect(try await setup(cache, set: strict).said == "", "nothing has changed")
      let changed = try await setup(cache, set: ["CFLAGS": "-O0"])
      #expect(changed.said == "setup: c: building\n")
    }
  }

  @Test func whatTheCompilerSaysIsTheReason() async throws {
    try await withTemporaryFolder { cache in
      let outcome = try await setup(cache, set: ["CFLAGS": "-include /nonexistent.h"])
      #expect(outcome.status == 0)
      #expect(outcome.said.contains("setup: c: the peer is missing: "), "\(outcome.said)")
      let reason = try reasonItIsMissing(cache)
      #expect(reason?.hasPrefix("it cannot be built: ") == true, "\(reason ?? "nothing")")
      #expect(reason?.contains("/nonexistent.h") == true, "\(reason ?? "nothing")")
      #expect(SmallFile.read(cache / "c.log")?.contains("/nonexistent.h") == true)
    }
  }

  @Test func nothingIsBuiltWhereNothingMayBeInstalled() async throws {
    try await withTemporaryFolder { cache in
      let outcome = try await setup(cache, set: ["SYRPC_SETUP": "none"])
      #expect(outcome.status == 0 && outcome.said == "")
      #expect(try reasonItIsMissing(cache) == "not built, and nothing may be installed")
    }
  }

  @Test func packagesAreAskedForOnlyByName() async throws {
    try await withTemporaryFolder { cache in
      // Without a compiler, and without pkg-config's knowledge of libraries.
      let lacking = ["CC": "/nonexistent/cc", "PKG_CONFIG_LIBDIR": "/nonexistent", "PKG_CONFIG_PATH": ""]
      for (asked, packages) in [("c", "gcc libc6-dev librabbitmq-dev libjansson-dev"), ("ruby", "")] {
        let setup = try checkout().peers / "c/setup"
        var command = shell("'\(setup)' '\(cache)' --packages | xargs echo")
        command.environment = lacking.merging(["SYRPC_PEERS": asked]) { $1 }.mapValues { $0 }
        try await withProcess(command) { process in
          let line = try await process.receive(within: nil)
          #expect(line == packages)
        }
      }
      _ = try await setup(cache, set: lacking)
      #expect(
        try reasonItIsMissing(cache)
          == "not there: a C compiler, librabbitmq 0.10 or later, jansson 2.10 or later; SYRPC_PEERS=c interop/setup installs that"
      )
    }
  }

  @Test(.enabled(if: hasBroker, "needs syrpc and rabbitmq-server"))
  func itPassesBesideSwift() async throws {
    try await withTemporaryFolder { folder in
      _ = try await setup(folder / "cache")
      var command = Program.command(
        [
          "interop", "--checkout", checkoutFolder, "--output", folder / "output", "--peer", "swift", "--peer", "c",
          "--require", "c", "--scenario", "echo", "--scenario", "collision", "--scenario", "malformed-*",
          "--payload", "hello", "--payload", "doubles*", "--payload", "non-ascii-*", "--payload", "body-5000-bytes",
        ], temporary: folder)
      command.environment["SYRPC_PEER_CACHE"] = folder / "cache"
      try await withProcess(command) { run in
        let lines = await run.rest()
        #expect(await run.ending == .exited(0), "\(lines.joined(separator: "\n"))")
        #expect(lines.last == "all as expected")
      }
    }
  }
}
