import AMQP
import Foundation
import SyRPCWire
import Testing
import WireTap

@testable import InteropBroker
@testable import InteropJudge
@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

private let canRun = Program.path != nil && (try? RabbitMQInstallation.find()) != nil

@Suite(.timeLimit(.minutes(10))) struct AcceptanceTimeTests {
  @Test func aPortWhereNobodyListensHasNone() async {
    #expect(await AcceptanceTime.slowest(of: BrokerAddress(host: "127.0.0.1", port: 1)) == nil)
  }

  @Test func aBrokerThatDoesNotAnswerCountsAsTheLimit() async throws {
    // It is connected to after an hour.
    let broker = try await SlowBroker.start(delay: .seconds(3600), before: 1)
    let address = BrokerAddress(host: "127.0.0.1", port: broker.port)
    #expect(await AcceptanceTime.slowest(of: address, limit: .milliseconds(300)) == .milliseconds(300))
    await broker.stop()
  }

  @Test(.enabled(if: canRun, "needs syrpc and rabbitmq-server")) func aRunOnASlowBrokerSaysSo() async throws {
    try await withTemporaryFolder { folder in
      let own = try await PrivateBroker.start(
        in: StateFolder(path: "\(folder)/state"), isReady: PrivateBroker.completesHandshake)
      let slow = try await SlowBroker.start(delay: .milliseconds(1500), before: Int(own.port))
      let arguments = [
        "interop", "--checkout", checkoutFolder, "--output", "\(folder)/output", "--peer", "swift",
        "--scenario", "echo", "--payload", "hello", "--broker", "amqp://127.0.0.1:\(slow.port)",
      ]
      try await withProcess(Program.command(arguments, temporary: folder)) { run in
        let lines = await run.rest()
        #expect(lines.contains { $0.hasPrefix("note: the broker takes up to ") }, "\(lines)")
        #expect(await run.ending == .exited(0), "\(lines)")
      }
      await slow.stop()
      await own.stop()
      let report = try Files.readJSON("\(folder)/output/report.json")
      #expect((report["run"]?["connection_milliseconds"]?.integerValue ?? 0) >= 1500)
    }
  }

  // MARK: whose fault it is

  /// What a cell comes to whose putter did not get a connection.
  private func result(
    _ ending: Ending, answered: Bool = false, acceptance: Duration? = .seconds(5)
  ) async throws -> CellResult {
    try await withTemporaryFolder { folder in
      let recorded = try RecordedEvidence()
      var evidence = try recorded.evidence()
      var attempt = recorded.client
      attempt.entries = Array(attempt.entries.prefix(answered ? 2 : 1))
      attempt.ending = ending
      evidence.roles.putter.conversations = [Conversation(attempt)]
      evidence.roles.putter.outcomes = [("open", PeerError(.failed, "no answer within 3 s"))]
      let environment = RunEnvironment(
        broker: BrokerEndpoint(
          address: BrokerAddress(host: "127.0.0.1", port: 1), identity: .init(product: "", version: ""),
          isPrivate: true, acceptance: acceptance),
        commands: [:], runFolder: nil, logFolder: folder, output: folder / "output")
      let judging = CellJudging(
        judge: Judge(divergences: [], golden: GoldenMessages()), environment: environment, witness: { _ in })
      return try await judging.result(evidence, took: .zero, logs: LogMarks([:]))
    }
  }

  @Test(arguments: [Ending.closedByPeer, .resetByPeer]) func whoGaveUpConnectingToASlowBrokerIsNotBlamed(
    _ ending: Ending
  ) async throws {
    let result = try await result(ending)
    #expect(result.verdict == .skipped)
    #expect(
      result.skipReason
        == "python as putter gave up connecting before the broker answered, which takes the broker up to 5.0 s")
  }

  @Test func whoGaveUpForNoReasonIsBlamed() async throws {
    #expect(try await result(.closedByPeer, answered: true).verdict == .fail)
    #expect(try await result(.closedByPeer, acceptance: .milliseconds(900)).verdict == .fail)
    #expect(try await result(.closedByBroker).verdict == .fail)
  }
}
