import AMQP
import SyRPCWire
import Testing

@testable import InteropBroker
@testable import InteropSupport

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

/// What a cell of `syrpc interop` is run among, and what it is told of the environment.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: canRun, "needs syrpc and rabbitmq-server"))
struct ContextOfRunsTests {
  /// Two cells, one after the other, of the Swift peer with itself, as a user whose password is in the environment.
  @Test(arguments: [[], ["--fresh"]]) func aFreshCellHasProcessesOfItsOwn(_ options: [String]) async throws {
    try await withTemporaryFolder { folder in
      let broker = try await PrivateBroker.start(
        in: StateFolder(path: "\(folder)/state"), isReady: PrivateBroker.completesHandshake)
      try await broker.addUser("somebody", password: "not-in-a-command")
      let url = "amqp://somebody@\(broker.host):\(broker.port)"
      var command = Program.command(
        [
          "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift", "--scenario",
          "echo",
          "--payload", "hello", "--payload", "null", "--parallel", "1", "--broker", url,
        ] + options, temporary: folder)
      command.environment["SYRPC_PASSWORD"] = "not-in-a-command"
      try await withProcess(command) { run in
        let lines = await run.rest()
        #expect(await run.ending == .exited(0), "\(lines)")
      }
      await broker.stop()
      let report = try Files.read("\(folder)/output/report.json")
      #expect(!String(decoding: report, as: UTF8.self).contains("not-in-a-command"))
      let cells = try #require(try JSON(parsing: report)["cells"]?.arrayValue)
      let none: JSON = ["putter": 0, "server": 0, "getter": 0]
      let isFresh = !options.isEmpty
      #expect(cells.map { $0["cells_before"] } == [none, isFresh ? none : ["putter": 1, "server": 1, "getter": 1]])
      #expect(Set(cells.map { $0["app_name"] }).count == (isFresh ? 2 : 1))
      for cell in cells {
        let command = cell["repeat"]?.stringValue ?? ""
        #expect(command.hasPrefix("SYRPC_PASSWORD="))
        #expect(command.contains(" --broker \(url)/%2F"), "\(command)")
        #expect(command.hasSuffix(" --output \(folder)/output"), "\(command)")
        #expect(command.contains(" --fresh ") == isFresh)
      }
    }
  }

  @Test func allPeersOfTheDefaultHaveToBeLive() async throws {
    try await withTemporaryFolder { folder in
      var command = Program.command(
        [
          "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift", "--require",
          "all",
        ],
        temporary: folder)
      command.environment["SYRPC_PEER_CACHE"] = "\(folder)/empty"
      try await withProcess(command) { run in
        let lines = await run.rest()
        #expect(await run.ending == .exited(1))
        for peer in ["node", "php", "python"] {
          #expect(lines.contains { $0.hasPrefix("--require \(peer): it is not live here: ") }, "\(lines)")
        }
        #expect(!lines.contains { $0.contains("swift") || $0.contains("ruby") }, "\(lines)")
      }
    }
  }
}
