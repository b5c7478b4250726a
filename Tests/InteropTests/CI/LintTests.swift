import Foundation
import InteropSupport
import Testing

/// Whether `interop/lint` sees what is wrong with the files that no compiler reads.
@Suite(
  .serialized, .timeLimit(.minutes(10)),
  .enabled(
    if: Files.exists(checkoutFolder / "build/lint/ready"), "needs the tools of interop/lint, which it installs when run"
  ))
struct LintTests {
  /// A copy of what is checked, in which a text is put in place of another.
  private func outcome(_ part: String, _ file: String, _ old: String, _ new: String) async throws -> (
    status: Int32?, said: String
  ) {
    try await withTemporaryFolder { folder in
      for name in [".ci", ".shellcheckrc", "interop", ".swift-format", "Package.swift"] {
        try FileManager.default.copyItem(atPath: checkoutFolder / name, toPath: folder / name)
      }
      for name in ["Sources", "Tests"] { try Files.createFolder(folder / name) }
      let text = String(decoding: try Files.read(folder / file), as: UTF8.self)
      try #require(text.contains(old))
      try Files.write(Array(text.replacing(old, with: new).utf8), to: folder / file)
      let result = try await script("SYRPC_SETUP=none '\(checkoutFolder)/interop/lint' '\(folder)' \(part)")
      guard case .exited(let status) = result.ending else { return (nil, result.text) }
      return (status, result.text)
    }
  }

  @Test func whatIsHereIsRight() async throws {
    let outcome = try await outcome("ci container", "interop/ci/github.yml", "jobs:", "jobs:")
    #expect(outcome.status == 0, "\(outcome.said)")
  }

  @Test(arguments: [
    ("ci", "interop/ci/github.yml", "runs-on: ubuntu-24.04", "run-on: ubuntu-24.04", "run-on"),
    ("ci", "interop/ci/gitlab.yml", "image: debian:bookworm", "image: [1]", "merge"),
    ("ci", "interop/action/action.yml", "using: composite", "using: shell", "runs"),
    ("ci", "interop/ci/github.yml", "--shard \"$SHARD/2\"", "--shard $SHARD/2", "SC2086"),
    ("ci", "interop/ci/gitlab.yml", "tr ':/' '--'", "tr ':/' '--", "SC1073"),
    ("scripts", "interop/ci/merge", "mkdir -p \"$output\"\nwork", "mkdir -p $output\nwork", "SC2086"),
    ("container", "interop/container/Dockerfile", "debian:bookworm-slim", "debian", "DL3006"),
    ("format", "Package.swift", "import PackageDescription", "import  PackageDescription", "Package.swift"),
  ])
  func whatIsWrongIsSeen(
    _ part: String, _ file: String, _ old: String, _ new: String, _ problem: String
  ) async throws {
    let outcome = try await outcome(part, file, old, new)
    #expect(outcome.status == 1)
    #expect(outcome.said.contains(problem), "\(outcome.said)")
  }
}
