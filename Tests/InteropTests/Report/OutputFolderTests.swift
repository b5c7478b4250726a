import Foundation
import InteropReport
import InteropSupport
import Testing

@Suite struct OutputFolderTests {
  private func problem(_ path: String) -> String? {
    do {
      let folder = try OutputFolder(path)
      _ = folder.path
      return nil
    } catch { return error.message }
  }

  @Test func isOneRunsAtATime() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/a/b"
      do {
        let taken = try OutputFolder(path)
        defer { extendLifetime(taken) }
        #expect(problem(path)?.hasPrefix("another run writes its report to \(path)\n") == true)
        #expect(problem("\(folder)/a/c") == nil)
      }
      #expect(problem(path) == nil, "it is free again")
      #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [], "nothing is left of that")
    }
  }

  @Test func oneThatCannotBeMadeIsNamed() async throws {
    try await withTemporaryFolder { folder in
      #expect(FileManager.default.createFile(atPath: "\(folder)/file", contents: nil))
      let problem = problem("\(folder)/file/report")
      #expect(problem?.contains("\(folder)/file/report") == true && problem?.contains("--output") == true)
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere")) func oneThatMayNotBeWrittenToIsNamed() async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder)
      #expect(problem(folder)?.hasPrefix("cannot write to \(folder): ") == true)
    }
  }
}
