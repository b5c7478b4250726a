import InteropSupport
import Testing

private let canRun = Program.path != nil

/// What becomes of the commands where standard input and output are not what they should be.
@Suite(.timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc")) struct StandardStreamsTests {
  @Test(arguments: ["hash foo", "hash foo --app shop", "--help", "--version", "interop --help"])
  func outputThatIsClosedIsAnError(_ words: String) async throws {
    let result = try await script("\"$syrpc\" \(words) >&-")
    #expect(result.lines == ["Error: standard output cannot be written to: Bad file descriptor"])
    #expect(result.ending == .exited(2))
  }

  @Test(.enabled(if: Files.exists("/dev/full"), "needs /dev/full")) func outputThatIsFullIsAnError() async throws {
    let result = try await script("\"$syrpc\" hash foo >/dev/full")
    #expect(result.lines == ["Error: standard output cannot be written to: No space left on device"])
    #expect(result.ending == .exited(2))
  }

  @Test func outputWhoseReaderIsGoneIsAnError() async throws {
    try await withTemporaryFolder { folder in
      // The reader has ended when the pipe is written to.
      let result = try await script(
        """
        mkfifo '\(folder)/pipe'
        true <'\(folder)/pipe' &
        exec 3>'\(folder)/pipe'
        wait $!
        "$syrpc" hash foo >&3
        """)
      #expect(result.lines == ["Error: standard output cannot be written to: Broken pipe"])
      #expect(result.ending == .exited(2))
    }
  }

  @Test func errorsThatNobodyCanReadAreErrorsStill() async throws {
    let result = try await script("\"$syrpc\" hash 2>&-")
    #expect(result.lines == [])
    #expect(result.ending == .exited(2))
    let quiet = try await script("\"$syrpc\" hash foo 2>&-")
    #expect(quiet.lines == ["60"])
    #expect(quiet.ending == .exited(0))
  }

  @Test func nothingAtAllIsOpen() async throws {
    // The first socket or file of its own would be standard input, output or error.
    let result = try await script(
      "\"$syrpc\" call --app a --broker amqp://127.0.0.1:1 echo 1 <&- >&- 2>&-; echo $?")
    #expect(result.lines == ["2"])
  }

  @Test func inputThatIsClosedIsAnError() async throws {
    let result = try await script("\"$syrpc\" put --app a echo - <&-")
    #expect(result.lines.first == "Error: standard input cannot be read: Bad file descriptor")
    #expect(result.ending == .exited(2))
  }

  @Test func aPeerThatIsNotHeardEnds() async throws {
    let result = try await script("yes '{\"id\":1,\"op\":\"hello\"}' | \"$syrpc\" peer >&-")
    #expect(result.lines == ["Error: standard output cannot be written to: Bad file descriptor"])
    #expect(result.ending == .exited(2))
  }
}
