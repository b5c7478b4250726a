import Foundation
import InteropSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct LineProcessTests {
  private let cat = LineProcess.Command(name: "cat", executable: "cat")

  @Test func echoes() async throws {
    try await withProcess(cat) { cat in
      for line in ["", "one", "ä€😀", "\r\t\u{0}"] {
        try await cat.send(line)
        #expect(try await cat.receive(within: nil) == line)
      }
    }
  }

  @Test func keepsTheOrder() async throws {
    try await withProcess(cat) { cat in
      for number in 0..<1000 { try await cat.send("\(number)") }
      for number in 0..<1000 { #expect(try await cat.receive(within: nil) == "\(number)") }
    }
  }

  @Test func doesNotMixLinesOfSeveralSenders() async throws {
    try await withProcess(cat) { cat in
      try await withThrowingTaskGroup(of: Void.self) { senders in
        for character in ["a", "b", "c", "d"] {
          senders.addTask { try await cat.send(String(repeating: character, count: 300_000), within: .seconds(600)) }
        }
        for _ in 0..<4 {
          let line = try await cat.receive(within: nil)
          #expect(line.utf8.count == 300_000 && Set(line.utf8).count == 1)
        }
        try await senders.waitForAll()
      }
    }
  }

  @Test func carriesALineOfManyMegabytes() async throws {
    try await withProcess(cat) { cat in
      let line = String(repeating: "0123456789abcdef", count: 1 << 19)
      try await cat.send(line, within: .seconds(600))
      let echo = try await cat.receive(within: nil)
      #expect(echo.utf8.count == 8 << 20 && echo == line)
    }
  }

  @Test func refusesALineFeed() async throws {
    try await withProcess(cat) { cat in
      let error = await lineProcessError { try await cat.send("a\nb") }
      #expect(error?.code == .notALine)
      try await cat.send("c")
      #expect(try await cat.receive(within: nil) == "c")
    }
  }

  @Test func refusesGarbage() async throws {
    try await withProcess(shell(#"printf '\377\376\n'; echo next; cat"#)) { child async throws in
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.code == .notUTF8)
      #expect(error?.message == "child sent a line of 2 bytes that is not UTF-8")
      #expect(try await child.receive(within: nil) == "next")
    }
  }

  @Test func refusesALineThatIsTooLong() async throws {
    var command = shell("yes | tr -d '\\n'")
    command.longestLine = 1 << 20
    try await withProcess(command) { child in
      let error = await lineProcessError { _ = try await child.receive(within: nil) }
      #expect(error?.code == .lineTooLong)
    }
  }

  @Test func passesEnvironmentAndWorkingDirectory() async throws {
    try await withTemporaryFolder { folder in
      var command = shell(#"echo "$SYRPC_TEST ${HOME-none}"; pwd -P"#)
      command.environment = ["SYRPC_TEST": "a b", "HOME": nil]
      command.workingDirectory = folder
      try await withProcess(command) { child async throws in
        #expect(try await child.receive(within: nil) == "a b none")
        #expect(try await child.receive(within: nil).hasSuffix(folder))
      }
    }
  }

  @Test func aFloodOnStandardErrorDoesNotBlock() async throws {
    try await withTemporaryFolder { folder in
      var command = shell("head -c 50000000 /dev/zero >&2; echo done")
      command.standardErrorFile = "\(folder)/stderr"
      try await withProcess(command) { child async throws in
        #expect(try await child.receive(within: nil) == "done")
      }
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/stderr")
      #expect(attributes[.size] as? Int == 50_000_000)
    }
  }

  @Test func aFloodOnStandardOutputIsNotHoarded() async throws {
    try await withTemporaryFolder { folder in
      var command = shell("for i in $(seq 50); do yes | head -c 1048576; echo $i >&2; done")
      command.standardErrorFile = "\(folder)/megabytes"
      try await withProcess(command) { child in
        #expect(try await child.receive(within: nil) == "y")
        // Time enough, by the work of another child, for the first one to get rid of everything if it could.
        try await withProcess(cat) { cat in
          try await cat.send(String(repeating: "x", count: 8 << 20), within: .seconds(600))
          _ = try await cat.receive(within: nil)
        }
        let megabytes = try String(contentsOfFile: "\(folder)/megabytes", encoding: .utf8).split(separator: "\n").count
        #expect(megabytes <= 2)
        #expect(await child.ending == nil)
      }
    }
  }

  @Test func severalWaitersEachGetALine() async throws {
    try await withProcess(cat) { cat in
      let lines = try await withThrowingTaskGroup(of: String.self) { receivers in
        for _ in 0..<5 { receivers.addTask { try await cat.receive(within: nil) } }
        for number in 0..<5 { try await cat.send("\(number)") }
        return try await receivers.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(lines == ["0", "1", "2", "3", "4"])
    }
  }

  @Test func aCancelledReceiverLeavesTheLineToTheNext() async throws {
    try await withProcess(cat) { cat in
      let receiver = Task { try await cat.receive(within: nil) }
      receiver.cancel()
      await #expect(throws: CancellationError.self) { try await receiver.value }
      try await cat.send("kept")
      #expect(try await cat.receive(within: nil) == "kept")
    }
  }
}
