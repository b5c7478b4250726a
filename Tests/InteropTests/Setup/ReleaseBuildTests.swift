import Foundation
import InteropSupport
import Testing

/// What `interop/run` and `interop/install` build; a script plays the toolchain.
@Suite(.timeLimit(.minutes(10))) struct ReleaseBuildTests {
  /// What the toolchain is asked by a script of a checkout in which nothing is built, and what came of the script.
  private func calls(
    _ script: String, _ words: [String] = [], _ environment: [String: String] = [:]
  ) async throws -> (calls: [String], outcome: SetupSandbox.Outcome) {
    try await withTemporaryFolder { folder in
      func program(_ name: String, _ text: String) throws {
        try Files.write(Array("#!/bin/sh\n\(text)\n".utf8), to: folder / name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder / name)
      }
      try program(
        "bin/swift",
        "echo \"$*\" >> '\(folder)/calls'; case $* in *--show-bin-path*) echo '\(folder)/built' ;; *) echo built ;; esac"
      )
      try program("built/syrpc", "echo \"syrpc $*\" >> '\(folder)/calls'")
      for name in ["run", "install", "lib/release.sh"] {
        try Files.createFolder(folder / "checkout/interop/lib")
        try FileManager.default.copyItem(
          atPath: checkoutFolder / "interop" / name, toPath: folder / "checkout/interop" / name)
      }
      try program("checkout/interop/setup", ":")
      let outcome = try await runScript(
        folder / "checkout/interop" / script, words,
        environment: ["PATH": "\(folder)/bin:/usr/bin:/bin", "HOME": folder].merging(environment) { $1 })
      let text = Files.exists(folder / "calls") ? String(decoding: try Files.read(folder / "calls"), as: UTF8.self) : ""
      return (text.replacing(folder, with: "").split(separator: "\n").map(String.init), outcome)
    }
  }

  @Test func whatOneBuildsTheOtherNeedNot() async throws {
    let run = try await calls("run", ["--peer", "swift"])
    #expect(run.outcome.status == 0, "\(run.outcome.said)")
    let build = try #require(run.calls.first)
    #expect(build.hasPrefix("build --package-path /checkout --configuration release --product syrpc"))
    #if os(Linux)
      #expect(build.hasSuffix(" --static-swift-stdlib"))
    #endif
    #expect(run.calls.dropFirst() == ["\(build) --show-bin-path", "syrpc interop --checkout /checkout --peer swift"])
    let install = try await calls("install", ["--prefix", "/tmp/none"])
    #expect(Array(install.calls.prefix(2)) == Array(run.calls.prefix(2)))
  }

  @Test func aBuildForTestsIsThatOfTheTests() async throws {
    let run = try await calls("run", [], ["SYRPC_CONFIGURATION": "debug"])
    #expect(run.calls.first == "build --package-path /checkout --configuration debug --product syrpc")
    #expect(run.calls.last == "syrpc interop --checkout /checkout")
  }

  @Test(arguments: ["Debug", "fast", " "]) func anotherConfigurationIsAnError(_ name: String) async throws {
    let run = try await calls("run", [], ["SYRPC_CONFIGURATION": name])
    #expect(run.outcome.status == 2 && run.calls == [])
    #expect(
      run.outcome.said == "run: SYRPC_CONFIGURATION is \"\(name)\"; the values known are release and debug\n")
  }
}
