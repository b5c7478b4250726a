import Foundation
import InteropSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct LineProcessEndTests {
  @Test(arguments: ["/nonexistent/program", "no-such-program-of-syrpc"])
  func aMissingExecutableIsAnError(executable: String) async throws {
    let error = await lineProcessError { _ = try await LineProcess.start(.init(executable: executable)) }
    #expect(error?.code == .notStarted)
    #expect(error?.message.contains(executable) == true)
  }

  @Test func aMissingWorkingDirectoryIsAnError() async throws {
    var command = shell("cat")
    command.workingDirectory = "/nonexistent/folder"
    let error = await lineProcessError { [command] in _ = try await LineProcess.start(command) }
    #expect(error?.code == .notStarted)
  }

  @Test func tellsTheExitCodeOfAProcessThatDiesAtStart() async throws {
    try await withProcess(shell("exit 3")) { child in
      let received = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(received == LineProcessError(.ended, "child exited with 3", ending: .exited(3)))
      let sent = await lineProcessError { try await child.send("hello") }
      #expect(sent?.ending == .exited(3))
    }
  }

  @Test func tellsTheSignalOfAProcessThatDiesInTheMiddleOfALine() async throws {
    try await withProcess(shell("read x; echo whole; printf half; kill -9 $$")) { child in
      try await child.send("go")
      #expect(try await child.receive(within: nil) == "whole")
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.message == "child killed by signal 9 in the middle of a line")
      #expect(error?.ending == .killed(signal: 9))
    }
  }

  @Test func losesNoLineOfAProcessThatHasEnded() async throws {
    try await withProcess(shell("seq 1 5000")) { child async throws in
      // Until then nothing is taken.
      let identity = ProcessIdentity(of: child.pid)
      #expect(try await eventually { identity?.isAlive != true })
      for number in 1...5000 { #expect(try await child.receive(within: nil) == "\(number)") }
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.ending == .exited(0))
    }
  }

  @Test func aProcessThatHangsIsToldByTheDeadline() async throws {
    try await withProcess(shell("exec sleep 1000")) { child in
      let error = await lineProcessError { _ = try await child.receive(within: .milliseconds(50)) }
      #expect(error?.code == .timedOut)
      #expect(error?.message == "child sent no line within 0.05 seconds")
    }
  }

  @Test func aProcessThatDoesNotReadIsToldByTheDeadline() async throws {
    try await withProcess(shell("exec sleep 1000")) { child in
      let line = String(repeating: "x", count: 1 << 20)
      for _ in 1...2 {
        let error = await lineProcessError { try await child.send(line, within: .milliseconds(50)) }
        #expect(error?.code == .timedOut)
      }
    }
  }

  @Test func aProcessThatClosesItsInputIsTold() async throws {
    try await withProcess(shell("exec <&-; echo ready; exec sleep 1000")) { child async throws in
      #expect(try await child.receive(within: nil) == "ready")
      for _ in 1...2 {
        // What is being started elsewhere has the pipe open as well, between its fork and its exec.
        var error: LineProcessError?
        while error == nil {
          do {
            try await child.send("hello", within: .seconds(600))
            try await Task.sleep(for: .milliseconds(5))
          } catch let failure as LineProcessError { error = failure }
        }
        #expect(error?.code == .inputClosed)
      }
      #expect(await child.ending == nil)
    }
  }

  @Test func aProcessThatClosesItsOutputIsEnded() async throws {
    try await withProcess(shell("exec >&-; exec sleep 1000")) { child in
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.ending == .killed(signal: 15))
    }
  }

  // MARK: terminate

  @Test func terminateClosesTheInputFirst() async throws {
    // Another child, started later, must not hold the pipe.
    try await withProcess(shell("cat; exit 5")) { first in
      try await withProcess(shell("exec sleep 1000")) { _ in
        #expect(await first.terminate(grace: .seconds(60)) == .exited(5))
      }
    }
  }

  @Test func terminateSendsSIGTERMNext() async throws {
    try await withProcess(shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")) { child async throws in
      #expect(try await child.receive(within: nil) == "ready")
      #expect(await child.terminate(grace: .seconds(3)) == .exited(7))
    }
  }

  @Test func terminateKillsTheGroupAtLast() async throws {
    try await withProcess(shell("trap '' TERM; sleep 1000 & echo $!; wait")) { child in
      let grandchild = try #require(Int32(try await child.receive(within: nil)))
      let identity = try #require(ProcessIdentity(of: grandchild))
      #expect(await child.terminate(grace: .milliseconds(50)) == .killed(signal: 9))
      #expect(try await eventually { !identity.isAlive })
    }
  }

  @Test func whatAChildLeavesBehindIsKilled() async throws {
    try await withProcess(shell("sleep 1000 & echo $!")) { child in
      let grandchild = try #require(Int32(try await child.receive(within: nil)))
      _ = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(await child.ending == .exited(0))
      #expect(try await eventually { ProcessIdentity(of: grandchild) == nil })
    }
  }

  @Test func terminateEndsASendThatIsStuck() async throws {
    try await withProcess(shell("exec sleep 1000")) { child in
      let sender = Task { try await child.send(String(repeating: "x", count: 1 << 20), within: .seconds(600)) }
      #expect(await child.terminate(grace: .seconds(2)) == .killed(signal: 15))
      await #expect(throws: LineProcessError.self) { try await sender.value }
    }
  }

  @Test(.enabled(if: hasProc, "needs /proc")) func terminateReachesAStoppedProcess() async throws {
    try await withProcess(shell("kill -STOP $$; cat; exit 6")) { child in
      // The state is the field behind the name in parentheses (proc(5)); told to go on any sooner, it would stop later.
      let path = "/proc/\(child.pid)/stat"
      let isStopped = try await eventually {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: ") ").last?.first == "T"
      }
      #expect(isStopped)
      #expect(await child.terminate(grace: .seconds(60)) == .exited(6))
    }
  }

  @Test func terminateWorksInACancelledTaskAndSeveralTimes() async throws {
    try await withProcess(shell("cat; exit 8")) { child in
      let endings = await withTaskGroup(of: LineProcess.Ending.self) { tasks in
        for _ in 0..<3 { tasks.addTask { await child.terminate(grace: .seconds(60)) } }
        tasks.cancelAll()
        return await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(endings == [.exited(8), .exited(8), .exited(8)])
    }
  }

  // MARK: nothing stays

  @Test(.enabled(if: hasProc, "needs /proc")) func leavesNeitherZombiesNorDescriptors() async throws {
    // In a process of its own, where no other test opens anything.
    await #expect(processExitsWith: .success) {
      func descriptors() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1 }
      func oneRound() async throws {
        for script in ["cat", "exit 1", "kill -9 $$", "exec >&-; cat"] {
          let child = try await LineProcess.start(shell(script))
          await child.terminate(grace: .milliseconds(200))
          // A zombie would still be there.
          #expect(!FileManager.default.fileExists(atPath: "/proc/\(child.pid)"))
        }
        _ = try? await LineProcess.start(.init(executable: "/nonexistent"))
      }
      // The first round opens what stays open: epoll and the like.
      try await oneRound()
      let before = descriptors()
      for _ in 0..<5 { try await oneRound() }
      #expect(descriptors() == before)
    }
  }

  @Test(.enabled(if: hasProc, "needs /proc")) func childrenInheritNothingButTheirOwnPipes() async throws {
    try await withProcess(shell("exec cat")) { _ in
      // 3 is the folder that ls reads.
      try await withProcess(shell("ls /proc/self/fd | tr '\\n' ' '; echo")) { child async throws in
        #expect(try await child.receive(within: nil) == "0 1 2 3 ")
      }
    }
  }

  /// This process ignores SIGPIPE; its children must not.
  @Test(arguments: [SIGPIPE, SIGHUP, SIGINT]) func childrenHandleSignalsAsUsual(signal: Int32) async throws {
    try await withProcess(shell("kill -\(signal) $$; echo ignored")) { child in
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.ending == .killed(signal: signal))
    }
  }

  @Test func aKilledRunnerEndsTheInputOfItsChildren() async throws {
    try await withTemporaryFolder { folder in
      await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
        let first = try await LineProcess.start(shell("exec cat"))
        let second = try await LineProcess.start(shell("exec cat"))
        try write([first, second].compactMap { ProcessIdentity(of: $0.pid) }, to: "\(folder)/children")
        kill(getpid(), SIGKILL)
      }
      let children = try readIdentities("\(folder)/children")
      #expect(children.count == 2)
      #expect(try await eventually { alive(children).isEmpty })
    }
  }
}
