import AMQP
import Foundation
import Logging
import SyRPCWire
import Testing

@testable import InteropBroker
@testable import InteropSupport

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

/// Runs of `syrpc interop` on a broker that is not theirs.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc and rabbitmq-server"))
struct ForeignBrokerTests {
  @Test func theReportHasWhatWasLeftOut() async throws {
    try await withTemporaryFolder { folder in
      let broker = try await PrivateBroker.start(
        in: StateFolder(path: "\(folder)/state"), isReady: PrivateBroker.completesHandshake)
      let arguments = [
        "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift",
        "--scenario", "apart", "--scenario", "restart", "--broker", "amqp://\(broker.host):\(broker.port)",
      ]
      try await withProcess(Program.command(arguments, temporary: folder)) { run in
        let lines = await run.rest()
        #expect(lines.contains("cells left out, as they need a broker of the run's own: 1"))
        #expect(await run.ending == .exited(0), "\(lines)")
      }
      await broker.stop()
      let report = try Files.readJSON("\(folder)/output/report.json")
      #expect(
        report["run"]?["left_out"] == [["cells": 1, "reason": "they need a broker of the run's own"]])
      #expect(report["cells"]?.arrayValue?.compactMap { $0["scenario"] } == ["apart"])
      #expect(report["as_expected"] == true)
    }
  }

  /// Runs the Swift peer with itself on a broker, and looks at what is on it afterwards.
  private func run(
    _ options: [String], _ end: (LineProcess) async throws -> Void = { _ in },
    then: (_ ending: LineProcess.Ending?, _ lines: [String], _ report: JSON) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let broker = try await PrivateBroker.start(
        in: StateFolder(path: "\(folder)/state"), isReady: PrivateBroker.completesHandshake)
      // Somebody else's, which is to stay.
      let others = try await AMQPConnection.open(
        broker.address, ConnectionOptions(name: "others"), logger: Logger(label: "test"))
      try await others.declare(Topology(SyRPCSettings(appName: "interop-others")).requestQueue)
      await others.close()
      let arguments =
        [
          "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift",
          "--broker", "amqp://\(broker.host):\(broker.port)",
        ] + options
      try await withProcess(Program.command(arguments, temporary: folder)) { run in
        try await end(run)
        let lines = await run.rest()
        try then(await run.ending, lines, try Files.readJSON("\(folder)/output/report.json"))
      }
      try await broker.control("list_queues", "name")
      try await broker.control("list_exchanges", "name")
      let names = (SmallFile.read(broker.node.controlLog) ?? "").split(separator: "\n").map(String.init)
      #expect(names.contains("interop-others_request"))
      #expect(names.contains("amq.topic"), "\(names)")
      #expect(names.filter { $0.hasPrefix("interop-") && $0 != "interop-others_request" } == [])
      await broker.stop()
    }
  }

  /// With what others than the peers declare, and what is declared for another application than the cell's.
  @Test func aRunLeavesNothingOnTheBroker() async throws {
    let scenarios = ["two-apps", "malformed-result", "malformed-request", "apart"].flatMap { ["--scenario", $0] }
    try await run(scenarios) { ending, lines, report in
      #expect(ending == .exited(0), "\(lines)")
      #expect(report["run"]?["left_on_broker"] == [])
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aRunThatIsInterruptedLeavesNothingOnTheBroker(_ signal: Int32) async throws {
    try await run(["--parallel", "4"]) { run in
      _ = try await run.lines(through: /cells on RabbitMQ/)
      _ = try await run.lines(through: /^[1-9][0-9]* of [0-9]+ cells/)
      kill(run.pid, signal)
    } then: { ending, _, report in
      #expect(ending == .exited(2))
      #expect(report["ended_early"] == "it was interrupted by a signal")
      #expect(report["run"]?["left_on_broker"] == [])
    }
  }
}
