import AMQP
import Foundation
import InteropJudge
import InteropRunner
import Testing

@testable import InteropBroker
@testable import InteropModel
@testable import InteropReport
@testable import InteropSupport

/// Runs in which nothing goes well.
@Suite(.timeLimit(.minutes(10))) struct MatrixRunTests {
  @Test func aPeerThatFailedBeforeIsNotStartedAgainAndEachCellSaysSo() async throws {
    try await withTemporaryFolder { folder in
      var peers = StubbornPeers(folder)
      peers.failure = PeerError(.broken, "it sat there and did nothing")
      let outcome = try await peers.run()
      #expect(outcome.failure == nil)
      #expect(outcome.results.count > 40)
      for result in outcome.results {
        #expect(result.verdict == .fail && result.folder == nil)
        let failed = result.findings.filter(\.verdict.isUnexpected)
        #expect(failed.map(\.check) == ["outcome.open"])
        #expect(failed.first?.observed == "broken: it sat there and did nothing")
      }
      #expect(peers.starts == 0)
    }
  }

  @Test func oneThatNeverStartsIsGivenUp() async throws {
    try await withTemporaryFolder { folder in
      let peers = StubbornPeers(folder)
      let outcome = try await peers.run()
      // All three roles are tried at once, twice.
      #expect(peers.starts == 6)
      #expect(outcome.results.allSatisfy { $0.verdict == .fail })
      #expect(outcome.results.map { $0.folder != nil }.prefix(3) == [true, true, false])
      for result in outcome.results.prefix(2) {
        let kept = EvidenceFolder(peers.environment.output / (try #require(result.folder)))
        let (evidence, broker) = try kept.read(
          try Contract(try checkout().contract), transcripts: try checkout().transcripts)
        let again = StubbornPeers.judge.on(broker: broker).judge(evidence)
        #expect(again.findings.map { "\($0)" } == result.findings.map { "\($0)" })
      }
      let reason = outcome.results.last?.findings.first { $0.verdict == .fail }?.observed
      #expect(reason?.hasPrefix("broken: 6 times in a row: asked for hello: stubborn ") == true, "\(reason ?? "")")
    }
  }

  @Test func aCellThatCannotBeKeptDoesNotEndTheRun() async throws {
    try await withTemporaryFolder { folder in
      #expect(FileManager.default.createFile(atPath: folder / "full", contents: nil))
      var peers = StubbornPeers(folder)
      peers.output = folder / "full"
      let outcome = try await peers.run([Glob("hello")])
      #expect(outcome.failure == nil)
      let result = try #require(outcome.results.first)
      #expect(result.verdict == .fail && result.folder == nil)
      #expect(result.unkept?.contains(folder / "full/cells") == true)
      #expect(RunSummary.lines(result).contains { $0.contains("not kept: ") })
    }
  }

  @Test func withoutABrokerNobodyIsBlamed() async throws {
    try await withTemporaryFolder { folder in
      var peers = StubbornPeers(folder)
      peers.watch = BrokerWatch(BrokerAddress(host: "127.0.0.1", port: 1))
      let outcome = try await peers.run()
      #expect((outcome.failure as? BrokerError)?.code == .ended)
      #expect(outcome.results.isEmpty)
    }
  }

  @Test func whatIsInterruptedHasWhatWasDone() async throws {
    try await withTemporaryFolder { folder in
      var peers = StubbornPeers(folder)
      peers.script = "exec sleep 1000"
      let run = Task { [peers] in try await peers.run() }
      #expect(try await eventually { Files.exists(folder / "stubborn-3.log") })
      run.cancel()
      let outcome = try await run.value
      #expect(outcome.failure is CancellationError)
      #expect(outcome.results.isEmpty)
    }
  }
}
