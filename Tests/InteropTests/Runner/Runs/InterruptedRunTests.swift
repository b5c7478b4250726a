import Foundation
import InteropBroker
import InteropSupport
import SyRPCWire
import Testing

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil && hasProc

/// What is left of `syrpc interop` when something ends it.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc, rabbitmq-server and /proc"))
struct InterruptedRunTests {
  /// Starts a run of the Swift peer with itself, has `end` end it when its cells are under way, and looks at what is
  /// left.
  private func run(
    _ end: (_ run: LineProcess, _ temporary: String) async throws -> Void,
    then: (_ lines: [String], _ report: JSON, _ ending: LineProcess.Ending?) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let temporary = "\(folder)/tmp"
      try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
      let arguments = [
        "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift", "--parallel", "1",
      ]
      try await withProcess(Program.command(arguments, temporary: temporary)) { run in
        var lines = try await run.lines(through: /cells on a private RabbitMQ/)
        // A slow machine may say first, after half a minute, that none is done.
        lines += try await run.lines(through: /^[1-9][0-9]* of [0-9]+ cells/)
        try await end(run, temporary)
        lines += await run.rest()
        let report = try Files.readJSON("\(folder)/output/report.json")
        try then(lines, report, await run.ending)
      }
      for name in try FileManager.default.contentsOfDirectory(atPath: temporary) {
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(temporary)/\(name)") == [])
      }
      #expect(try await eventually { processes(mentioning: temporary).isEmpty })
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aSignalLeavesAReportOfWhatWasDone(_ signal: Int32) async throws {
    try await run { run, _ in
      kill(run.pid, signal)
      // A second one changes nothing.
      try await Task.sleep(for: .milliseconds(50))
      kill(run.pid, signal)
    } then: { lines, report, ending in
      #expect(ending == .exited(2))
      #expect(report["ended_early"] == "it was interrupted by a signal")
      #expect(report["as_expected"] == false)
      let count = report["cells"]?.arrayValue?.count ?? 0
      #expect(count > 0)
      #expect(lines.contains { $0.contains("Only \(count) of ") })
    }
  }

  /// As `head` does once it has seen enough.
  @Test func aReaderThatLeavesEndsTheRun() async throws {
    try await withTemporaryFolder { folder in
      let words =
        "\"$syrpc\" interop --checkout '\(checkoutFolder)' --output '\(folder)/output' --peer swift --parallel 1"
      let result = try await script("{ \(words); echo $? >'\(folder)/code'; } | head -n 1", ["TMPDIR": folder])
      #expect(result.lines.contains("Error: standard output cannot be written to: Broken pipe"), "\(result.lines)")
      #expect(try String(contentsOfFile: "\(folder)/code", encoding: .utf8) == "2\n")
      let report = try Files.readJSON("\(folder)/output/report.json")
      #expect(report["ended_early"] == "standard output could not be written to: Broken pipe")
      #expect(try await eventually { processes(mentioning: "\(folder)/syrpc-interop").isEmpty })
    }
  }

  @Test func aBrokerThatDiesEndsTheRun() async throws {
    try await run { _, temporary in
      let files = FileManager.default.enumerator(atPath: temporary)
      let path = try #require(files?.compactMap { $0 as? String }.first { $0.hasSuffix("/node.pid") })
      let text = try String(contentsOfFile: "\(temporary)/\(path)", encoding: .utf8)
      kill(try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))), SIGKILL)
    } then: { lines, report, ending in
      #expect(ending == .exited(2))
      #expect(lines.contains("Error: RabbitMQ has ended: rabbitmq-server was killed by signal 9"))
      #expect(lines.contains("From its log:"))
      #expect(!lines.contains { $0.hasPrefix("FAIL") }, "it is nobody's failure")
      #expect(report["ended_early"]?.stringValue?.hasPrefix("RabbitMQ has ended: ") == true)
      #expect((report["cells"]?.arrayValue?.count ?? 0) > 0)
    }
  }
}
