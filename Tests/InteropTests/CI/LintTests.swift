import Foundation
import InteropSupport
import Testing

/// Whether `interop/lint` sees what is wrong with the files that no compiler reads.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(
    if: Files.exists(checkoutFolder / "build/lint/ready"), "needs the tools of interop/lint, which it installs when run"
  ))
struct LintTests {
  /// A copy of what is checked, in which a text is put in place of another.
  private func outcome(_ file: String, _ old: String, _ new: String) async throws -> (status: Int32?, said: String) {
    try await withTemporaryFolder { folder in
      for name in [".ci", ".shellcheckrc", "interop", ".swift-format", "Package.swift"] {
        try FileManager.default.copyItem(atPath: checkoutFolder / name, toPath: folder / name)
      }
      for name in ["Sources", "Tests"] { try Files.createFolder(folder / name) }
      let text = String(decoding: try Files.read(folder / file), as: UTF8.self)
      try #require(text.contains(old))
      try Files.write(Array(text.replacing(old, with: new).utf8), to: folder / file)
      let result = try await script("SYRPC_SETUP=none '\(checkoutFolder)/interop/lint' '\(folder)'")
      guard case .exited(let status) = result.ending else { return (nil, result.text) }
      return (status, result.text)
    }
  }

  @Test func whatIsHereIsRight() async throws {
    let outcome = try await outcome("interop/ci/github.yml", "jobs:", "jobs:")
    #expect(outcome.status == 0, "\(outcome.said)")
  }

  @Test(arguments: [
    ("interop/ci/github.yml", "runs-on: ubuntu-24.04", "run-on: ubuntu-24.04", "run-on"),
    ("interop/ci/gitlab.yml", "image: debian:bookworm", "image: [1]", "merge"),
    ("interop/action/action.yml", "using: composite", "using: shell", "runs"),
    ("interop/ci/github.yml", "--shard \"$SHARD/2\"", "--shard $SHARD/2", "SC2086"),
    ("interop/ci/gitlab.yml", "tr ':/' '--'", "tr ':/' '--", "SC1073"),
    ("interop/ci/merge", "mkdir -p \"$output\"\nwork", "mkdir -p $output\nwork", "SC2086"),
    ("interop/container/Dockerfile", "debian:bookworm-slim", "debian", "DL3006"),
    ("Package.swift", "import PackageDescription", "import  PackageDescription", "Package.swift"),
  ])
  func whatIsWrongIsSeen(_ file: String, _ old: String, _ new: String, _ problem: String) async throws {
    let outcome = try await outcome(file, old, new)
    #expect(outcome.status == 1)
    #expect(outcome.said.contains(problem), "\(outcome.said)")
  }
}
