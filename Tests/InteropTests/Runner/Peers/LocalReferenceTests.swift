import InteropRunner
import Subprocess
import Testing

@testable import InteropModel
@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct LocalReferenceTests {
  private func git(_ folder: String, _ arguments: String...) async throws {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    let result = try await Subprocess.run(
      .name("git"), arguments: Arguments(["-C", folder] + identity + arguments), output: .discarded, error: .discarded)
    #expect(result.terminationStatus.isSuccess)
  }

  @Test func theCommitAndChangesAreTold() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("1".utf8), to: folder / "lib/a")
      try await git(folder, "init", "-q")
      #expect(await LocalReference.at(folder / "lib").commit == nil, "nothing is committed yet")
      try await git(folder, "add", ".")
      try await git(folder, "commit", "-q", "-m", "one")
      let clean = await LocalReference.at(folder / "lib")
      #expect(clean.commit?.count == 12)
      #expect(!clean.isModified)
      try Files.write(Array("2".utf8), to: folder / "lib/a")
      let changed = await LocalReference.at(folder / "lib/a")
      #expect(changed.commit == clean.commit)
      #expect(changed.isModified)
      #expect(changed.shown.hasSuffix(", modified"))
    }
  }

  @Test func whatIsInARepositoryOfSomethingElseHasNoCommit() async throws {
    try await withTemporaryFolder { folder in
      try Files.write(Array("1".utf8), to: folder / "a")
      try await git(folder, "init", "-q")
      try await git(folder, "add", ".")
      try await git(folder, "commit", "-q", "-m", "one")
      try Files.write(Array("1".utf8), to: folder / "installed/b")
      let installed = await LocalReference.at(folder / "installed")
      #expect(installed.commit == nil)
      #expect(installed.shown == folder / "installed")
    }
  }
}
