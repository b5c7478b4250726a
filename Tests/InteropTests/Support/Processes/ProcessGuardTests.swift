import Foundation
import InteropSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ProcessGuardTests {
  /// A guard with two processes; one ignores SIGTERM and has a child of its own.
  private static func startExample(in state: StateFolder) async throws -> (ProcessGuard, RunFolder) {
    let folder = try await RunFolder.create(in: state)
    let keeper = try await ProcessGuard.start(for: folder)
    try await keeper.run("plain", "sleep 1000", log: "\(folder.path)/it's a log")
    try await keeper.run("stubborn", "sh -c 'trap \"\" TERM; sleep 1000 & wait'", log: "\(folder.path)/log")
    return (keeper, folder)
  }

  @Test func stopEndsEverything() async throws {
    try await withStateFolder { state in
      let (keeper, folder) = try await Self.startExample(in: state)
      let started = folder.processes
      #expect(started.count == 3 && alive(started) == started)
      await keeper.stop()
      #expect(alive(started).isEmpty)
      #expect(!folder.exists)
      await keeper.stop()
    }
  }

  @Test func tellsWhatEndsByItself() async throws {
    try await withStateFolder { state in
      let folder = try await RunFolder.create(in: state)
      let keeper = try await ProcessGuard.start(for: folder, environment: ["SYRPC_TEST": "3"])
      try await keeper.run("brief", "sh -c 'echo \"said $SYRPC_TEST\"; exit $SYRPC_TEST'", log: "\(folder.path)/log")
      let exited = try await keeper.nextEnd()
      #expect(exited.description == "brief exited with 3")
      #expect(try String(contentsOfFile: "\(folder.path)/log", encoding: .utf8) == "said 3\n")
      try await keeper.run("dying", "sh -c 'kill -9 $$'", log: "\(folder.path)/log")
      let killed = try await keeper.nextEnd()
      #expect(killed.description == "dying was killed by signal 9")
      await keeper.stop()
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aSignalDoesNotKeepTheGuardFromItsWork(signal: Int32) async throws {
    try await withStateFolder { state in
      let (keeper, folder) = try await Self.startExample(in: state)
      let started = folder.processes
      #expect(kill(try #require(started.first).pid, signal) == 0)
      try await keeper.run("more", "sleep 1000", log: "\(folder.path)/log")
      await keeper.stop()
      #expect(alive(started).isEmpty && !folder.exists)
    }
  }

  @Test func aKilledRunnerLeavesNothing() async throws {
    try await withTemporaryFolder { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let (_, folder) = try await Self.startExample(in: StateFolder(path: "\(path)/state"))
        // A child that lives on must not keep the guard's input open.
        let other = try await LineProcess.start(shell("exec sleep 1000"))
        try write(folder.processes, to: "\(path)/started")
        try write([ProcessIdentity(of: other.pid)].compactMap { $0 }, to: "\(path)/other")
        kill(getpid(), SIGKILL)
      }
      let started = try readIdentities("\(path)/started")
      #expect(started.count == 3)
      #expect(try await eventually { alive(started).isEmpty })
      #expect(try await eventually { try FileManager.default.contentsOfDirectory(atPath: "\(path)/state").isEmpty })
      for process in try readIdentities("\(path)/other") {
        #expect(process.isAlive)
        process.killGroup()
      }
    }
  }

  @Test func whatAKilledGuardLeavesIsSwept() async throws {
    try await withTemporaryFolder { path in
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
        let (_, folder) = try await Self.startExample(in: StateFolder(path: "\(path)/state"))
        try write(folder.processes, to: "\(path)/started")
        // Stopped, the guard cannot do anything any longer.
        for process in folder.processes.prefix(1) { kill(process.pid, SIGSTOP) }
        kill(getpid(), SIGKILL)
      }
      let started = try readIdentities("\(path)/started")
      #expect(kill(try #require(started.first).pid, SIGKILL) == 0)
      #expect(try await eventually { alive(started) == Array(started.dropFirst()) })
      let state = try StateFolder(path: "\(path)/state")
      await RunFolder.sweep(state)
      #expect(alive(started).isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: state.path).isEmpty)
    }
  }
}
