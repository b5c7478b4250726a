import Interop
import SyRPCWire
import Testing

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

/// Runs of `syrpc interop` on a broker that is not theirs.
@Suite(.timeLimit(.minutes(5)), .enabled(if: canRun, "needs syrpc and rabbitmq-server"))
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
}
