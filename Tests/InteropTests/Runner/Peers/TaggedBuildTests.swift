import Foundation
import InteropModel
import InteropRunner
import Testing

@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct TaggedBuildTests {
  /// A repository with a tag, and what builds it: it notes each build.
  private func withRepository(_ body: (Checkout, _ cache: String, _ builder: [String]) async throws -> Void)
    async throws
  {
    try await withTemporaryFolder { folder in
      let repository = folder / "repository"
      try Files.write(Array("{}".utf8), to: repository / "fixtures/payloads/index.json")
      let git = "git -C '\(repository)' -c user.name=t -c user.email=t@example.com"
      let script = "\(git) init -q && \(git) add . && \(git) commit -qm first && \(git) tag v1 && echo made"
      try await withProcess(shell(script, name: "git")) { process in
        let made = try await process.receive(within: nil)
        #expect(made == "made")
      }
      let build =
        "echo built >>'\(folder)/builds' && mkdir -p '{folder}/.build/debug' && cp '{folder}/fixtures/payloads/index.json' "
        + "'{folder}/.build/debug/syrpc'"
      try await body(try Checkout(folder: repository), folder / "cache", ["sh", "-c", build])
    }
  }

  @Test func aTagIsBuiltOnce() async throws {
    try await withRepository { checkout, cache, builder in
      var notes: [String] = []
      for _ in 0..<2 {
        let build = try await TaggedBuild.make("v1", as: "swift@0.1.0", of: checkout, cache: cache, builder: builder) {
          notes.append($0)
        }
        #expect(Files.exists(build.program) && build.program.contains(build.commit) && build.commit.count == 40)
      }
      #expect(notes.count == 1)
      #expect(SmallFile.read(cache + "/../builds") == "built\n")
    }
  }

  @Test func whatCannotBeBuiltIsNotKept() async throws {
    try await withRepository { checkout, cache, builder in
      let unknown = await #expect(throws: InteropError.self) {
        try await TaggedBuild.make("v2", as: "swift@0.1.0", of: checkout, cache: cache, builder: builder) { _ in }
      }
      #expect(
        unknown?.message.contains("there is no such path") == true && unknown?.message.contains("no such tag") == true)
      let broken = await #expect(throws: InteropError.self) {
        try await TaggedBuild.make(
          "v1", as: "swift@0.1.0", of: checkout, cache: cache, builder: ["sh", "-c", "echo no; exit 1"]
        ) { _ in }
      }
      #expect(broken?.message.contains("it cannot be built") == true)
      // The next try starts anew.
      let build = try await TaggedBuild.make("v1", as: "swift@0.1.0", of: checkout, cache: cache, builder: builder) {
        _ in
      }
      #expect(build.tag == "v1")
    }
  }
}
