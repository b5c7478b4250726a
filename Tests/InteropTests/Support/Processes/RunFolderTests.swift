import Foundation
@testable import InteropSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct RunFolderTests {
  /// An owner that is gone: this process's id, at a time at which it was somebody else's.
  private let deadOwner = ProcessIdentity(pid: getpid(), startTime: 1)

  // MARK: identity

  @Test func aProcessIsItselfAndNoEarlierOne() throws {
    let own = try #require(ProcessIdentity(of: getpid()))
    #expect(own.isAlive && !deadOwner.isAlive)
    #expect(ProcessIdentity(own.description) == own)
  }

  @Test(arguments: ["", "1", "1.2", "0.2", "-5.2", "5.", "5.-2", "5.2.3", "x.2"])
  func refusesWhatIsNoIdentity(text: String) {
    #expect(ProcessIdentity(text) == nil)
  }

  // MARK: state folder

  @Test(arguments: [
    ("", UInt64(0), "/tmp"), ("", 64 << 20, "/tmp"), ("", StateFolder.leastMemory, "/dev/shm"),
    ("/var/tmp", StateFolder.leastMemory, "/var/tmp"), ("tmp", StateFolder.leastMemory, "/here/tmp"),
  ])
  func theStateFolderIsInMemoryWhereThereIsRoom(_ temporary: String, _ memory: UInt64, _ folder: String) {
    let path = StateFolder.standardPath(temporary: temporary, current: "/here", freeMemory: memory)
    #expect(path.hasPrefix("\(folder)/syrpc-interop-"))
  }

  @Test func theStateFolderIsPrivate() async throws {
    try await withTemporaryFolder { folder in
      let state = try StateFolder(path: "\(folder)/state")
      let attributes = try FileManager.default.attributesOfItem(atPath: state.path)
      #expect((attributes[.posixPermissions] as? Int) == 0o700)
    }
  }

  @Test func aStateFolderThatOthersCanEnterIsRefused() async throws {
    try await withTemporaryFolder { folder in
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
      #expect(throws: RunFolderError.self) { try StateFolder(path: folder) }
    }
  }

  @Test func aStateFolderThatIsALinkIsRefused() async throws {
    try await withTemporaryFolder { folder in
      _ = try StateFolder(path: "\(folder)/real")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "\(folder)/real")
      #expect(throws: RunFolderError.self) { try StateFolder(path: "\(folder)/link") }
    }
  }

  @Test func aStateFolderThatCannotBeCreatedIsRefused() {
    #expect(throws: RunFolderError.self) { try StateFolder(path: "/nonexistent/folder/state") }
  }

  // MARK: sweep

  @Test func leavesARunThatLives() async throws {
    try await withStateFolder { state in
      let run = try await RunFolder.create(in: state)
      let process = try await LineProcess.start(shell("cat"), notedIn: run)
      await RunFolder.sweep(state)
      #expect(run.exists && !run.isAbandoned)
      #expect(await process.ending == nil)
      #expect(run.processes.map(\.pid) == [process.pid])
      await process.terminate()
      try run.remove()
      try run.remove()
      #expect(!run.exists)
    }
  }

  @Test func removesWhatADeadRunLeft() async throws {
    try await withStateFolder { state in
      let run = try RunFolder.create(owner: deadOwner, name: "dead", in: state)
      let process = try await LineProcess.start(
        shell("trap '' TERM; sleep 1000 & echo $!; wait"), notedIn: run)
      let grandchild = try #require(Int32(try await process.receive(within: nil)))
      try FileManager.default.createDirectory(
        atPath: "\(run.path)/deep/folder", withIntermediateDirectories: true)
      #expect(run.isAbandoned)
      // Making a new run is what sweeps.
      let next = try await RunFolder.create(in: state)
      #expect(!run.exists && next.exists)
      await #expect(process.terminate() == .killed(signal: 9))
      #expect(try await eventually { ProcessIdentity(of: grandchild) == nil })
    }
  }

  @Test func killsNoStrangerWhoHasTheIdToday() async throws {
    try await withStateFolder { state in
      let run = try RunFolder.create(owner: deadOwner, name: "dead", in: state)
      try await withProcess(shell("exec cat")) { stranger in
        let identity = try #require(ProcessIdentity(of: stranger.pid))
        let notes = """
          \(stranger.pid).\(identity.startTime - 1) old
          0.0 nobody
          -1.5 everybody
          nonsense

          """
        try notes.write(toFile: "\(run.path)/processes", atomically: true, encoding: .utf8)
        await RunFolder.sweep(state)
        try await stranger.send("alive")
        #expect(try await stranger.receive(within: nil) == "alive")
        #expect(!run.exists)
      }
    }
  }

  @Test(.enabled(if: hasProc, "needs /proc")) func leavesRunsOfOtherPIDSpacesAndOtherFiles() async throws {
    try await withStateFolder { state in
      let others = ["run-1-\(deadOwner)-x", "run-x", "notes", "run-1-2-3-4-5"].map { "\(state.path)/\($0)" }
      for path in others {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      await RunFolder.sweep(state)
      for path in others { #expect(FileManager.default.fileExists(atPath: path)) }
    }
  }
}
