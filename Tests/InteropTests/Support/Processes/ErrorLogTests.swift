import Foundation
import InteropSupport
import Testing

/// What a child writes to standard error, where that is limited.
@Suite(.timeLimit(.minutes(10))) struct ErrorLogTests {
  private func withLog<Value>(
    _ script: String, limit: Int = 1 << 20, _ body: (LineProcess, String) async throws -> Value
  ) async throws -> Value {
    try await withTemporaryFolder { folder in
      var command = shell(script)
      command.standardErrorFile = "\(folder)/log"
      command.standardErrorLimit = limit
      return try await withProcess(command) { try await body($0, "\(folder)/log") }
    }
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  @Test func aFloodIsCutAndDoesNotBlock() async throws {
    try await withLog("head -c 50000000 /dev/zero >&2; echo done") { child, log async throws in
      #expect(try await child.receive(within: nil) == "done")
      await child.terminate()
      let text = try text(log)
      #expect(text.utf8.count < (1 << 20) + 200)
      #expect(text.contains("\n[syrpc: beyond 1048576 bytes, the rest is left out]\n"))
      #expect(text.hasSuffix("\n[syrpc: \(50_000_000 - (1 << 20)) bytes were left out]\n"))
    }
  }

  @Test func oneThatNeverEndsIsCutToo() async throws {
    try await withLog("while :; do head -c 100000 /dev/zero >&2; sleep 0.01; done") { child, log async throws in
      #expect(try await eventually { try text(log).contains("left out") })
      await child.terminate(grace: .milliseconds(100))
      #expect(try text(log).utf8.count < (1 << 20) + 200)
    }
  }

  @Test func whatWasWrittenBeforeAnAnswerIsThereWithIt() async throws {
    try await withLog("while read -r line; do echo \"$line\" >&2; echo answer; done") { child, log async throws in
      for number in 1...50 {
        try await child.send("\(number)")
        _ = try await child.receive(within: nil)
        child.settleErrors()
        #expect(try text(log).hasSuffix("\(number)\n"))
      }
    }
  }

  @Test func exactlyTheLimitIsKeptWhole() async throws {
    try await withLog("printf 12345678 >&2; echo done", limit: 8) { child, log async throws in
      _ = try await child.receive(within: nil)
      await child.terminate()
      #expect(try text(log) == "12345678")
    }
  }

  @Test func whoHoldsItLongerIsNotWaitedFor() async throws {
    let script = "sh -c 'trap \"\" TERM; exec setsid sleep 1000 <&- >&-' & echo $!"
    try await withLog("\(script); echo words >&2") { child, log async throws in
      let stranger = try #require(Int32(try await child.receive(within: nil)))
      await child.terminate(grace: .seconds(5))
      kill(stranger, SIGKILL)
      #expect(try text(log) == "words\n")
    }
  }
}
