import Foundation
import InteropSupport
import SyRPCWire
import Testing

/// What `interop/ci/comment` writes to a pull or merge request; `Tests/InteropForge` plays GitHub and GitLab.
@Suite(.timeLimit(.minutes(10)), .enabled(if: isInstalled("python3"), "needs python3")) struct CommentTests {
  private static let token = "s3cret"
  private static let mark = "<!-- syrpc interop -->"

  /// A forge that runs, and a folder.
  private struct Forge {
    let process: LineProcess
    let port: String
    let folder: String

    /// Writes a text as the comment.
    func comment(_ environment: [String: String], _ text: String) async throws -> SetupSandbox.Outcome {
      try Files.write(Array(text.utf8), to: folder / "summary.md")
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      return try await runProgram(
        checkoutFolder / "interop/ci/comment", [folder / "summary.md"],
        environment: environment.merging(["PATH": path]) { $1 })
    }

    /// The next request that changed something: method, path and body.
    func change() async throws -> [JSON] {
      let line = try await process.receive(within: nil)
      return try JSON(parsing: Array(line.utf8)).arrayValue ?? []
    }
  }

  private func withForge(_ body: (Forge) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let command = LineProcess.Command(
        name: "forge", executable: "python3",
        arguments: ["\(checkoutFolder)/Tests/InteropForge/forge.py", Self.token])
      try await withProcess(command) { process in
        let port = try await process.receive(within: nil)
        try await body(Forge(process: process, port: port, folder: folder))
      }
    }
  }

  private func gitHub(_ port: String) -> [String: String] {
    [
      "GITHUB_API_URL": "http://127.0.0.1:\(port)", "GITHUB_REPOSITORY": "owner/name",
      "GITHUB_REF": "refs/pull/7/merge", "GITHUB_TOKEN": Self.token,
    ]
  }

  private func gitLab(_ port: String) -> [String: String] {
    [
      "GITLAB_CI": "true", "CI_API_V4_URL": "http://127.0.0.1:\(port)", "CI_PROJECT_ID": "12",
      "CI_MERGE_REQUEST_IID": "7", "SYRPC_COMMENT_TOKEN": Self.token,
    ]
  }

  @Test func onGitHubItIsWrittenOnceThenOver() async throws {
    try await withForge { forge in
      let outcome = try await forge.comment(gitHub(forge.port), "first ü")
      #expect(outcome.status == 0, "\(outcome.said)")
      #expect(
        try await forge.change() == ["POST", "/repos/owner/name/issues/7/comments", .string("\(Self.mark)\nfirst ü")])
      #expect(try await forge.comment(gitHub(forge.port), "second").status == 0)
      // Behind 130 of others.
      #expect(
        try await forge.change()
          == ["PATCH", "/repos/owner/name/issues/comments/131", .string("\(Self.mark)\nsecond")])
    }
  }

  @Test func onGitLabItIsWrittenOnceThenOver() async throws {
    try await withForge { forge in
      let outcome = try await forge.comment(gitLab(forge.port), "first")
      #expect(outcome.status == 0, "\(outcome.said)")
      let notes = "/projects/12/merge_requests/7/notes"
      #expect(try await forge.change() == ["POST", .string(notes), .string("\(Self.mark)\nfirst")])
      #expect(try await forge.comment(gitLab(forge.port), "second").status == 0)
      #expect(try await forge.change() == ["PUT", .string("\(notes)/131"), .string("\(Self.mark)\nsecond")])
    }
  }

  @Test(arguments: [
    (["GITHUB_REF": "refs/heads/main"], "this is no pull request"), (["GITHUB_TOKEN": ""], "GITHUB_TOKEN is not set"),
    (["GITLAB_CI": "true"], "this is no merge request"),
    (["GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "1"], "SYRPC_COMMENT_TOKEN is not set"),
  ])
  func whereThereIsNothingToCommentOnItIsDone(_ change: [String: String], _ reason: String) async throws {
    try await withForge { forge in
      let outcome = try await forge.comment(gitHub(forge.port).merging(change) { $1 }, "text")
      #expect(outcome.status == 0)
      #expect(outcome.said.contains(reason), "\(outcome.said)")
    }
  }

  @Test func aTokenThatMayNotWriteIsThatOfAFork() async throws {
    try await withForge { forge in
      let outcome = try await forge.comment(gitHub(forge.port).merging(["GITHUB_TOKEN": "other"]) { $1 }, "text")
      #expect(outcome.status == 0)
      #expect(outcome.said.contains("it could not be written: HTTP Error 403"), "\(outcome.said)")
    }
  }

  @Test func aForgeThatDoesNotAnswerIsAnError() async throws {
    try await withForge { forge in
      let outcome = try await forge.comment(
        gitHub(forge.port).merging(["GITHUB_API_URL": "http://127.0.0.1:1"]) { $1 }, "text")
      #expect(outcome.status == 1)
    }
  }
}
