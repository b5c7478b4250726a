import InteropRunner
import Testing

@testable import InteropFixtures
@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite(.timeLimit(.minutes(10))) struct GoldenRecorderTests {
  @Test func theFirstCellThatIsNotAsExpectedEndsIt() async throws {
    try await withTemporaryFolder { folder in
      var peers = StubbornPeers(folder)
      peers.failure = PeerError(.broken, "it sat there and did nothing")
      let plan = try StubbornPeers.plan()
      #expect(plan.cells.count > 40)
      let recorder = GoldenRecorder(
        peer: "stubborn", plan: plan,
        judge: Judge(checks: GoldenRecorder.checks, divergences: [], golden: GoldenMessages()),
        environment: peers.environment)
      let checkout = try checkout()
      let before = try Files.list(checkout.messages)
      let error = await #expect(throws: InteropError.self) { try await recorder.record(into: checkout) }
      #expect(
        error?.message.hasPrefix("nothing was written, since a cell was not as expected:\n") == true, "\(error as Any)")
      #expect(error?.message.contains("it sat there and did nothing") == true)
      #expect(error?.message.count(where: { $0 == "/" }) ?? 0 < 20, "one cell is named, not all")
      #expect(try Files.list(checkout.messages) == before)
    }
  }

  @Test func onlyTheGoldenMessagesThemselvesAreNotHeldAgainst() {
    let checks = GoldenRecorder.checks.map(\.pattern)
    #expect(!checks.contains("json.golden"))
    #expect(checks.count == Judge.checkIDs.count - 1)
  }

  @Test func aSetThatLacksWhatItHadIsRefused() throws {
    let counts = try FixtureCounts(try checkout())
    let one = GoldenMessages([.init(set: "swift", kind: .request, payload: "hello"): .text("{}")])
    let error = try #require(throws: InteropError.self) { try counts.checkNothingIsMissing(in: "swift", of: one) }
    #expect(error.message.contains("golden requests of swift: there are 1"))
    #expect(error.message.contains("golden results of swift: there are 0"))
    #expect(!error.message.contains("of node"))
    #expect(throws: Never.self) { try counts.checkNothingIsMissing(in: "new", of: one) }
  }
}
