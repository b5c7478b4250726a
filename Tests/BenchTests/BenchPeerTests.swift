import Testing

@testable import Bench

@Suite struct BenchPeerTests {
  private static let usage = Usage(processorSeconds: 0, peakBytes: 0, threads: 1)
  private static let row = BenchRow(name: "call, 1 outstanding", kind: .call, outstanding: 1, body: 32)

  private static func round(_ calls: Int, nanoseconds: UInt64 = 1_000_000) -> Round {
    let report = Report(
      error: nil, seconds: 1, latencies: [.init(nanoseconds: nanoseconds, count: UInt64(calls))], usage: usage)
    return Round(report, client: (usage, usage), server: (usage, usage))
  }

  private static func peer(_ name: String, _ rounds: [Round], pipe: Double? = nil) -> PeerMeasurement {
    var peer = PeerMeasurement(peer: name)
    peer.rounds = rounds
    peer.pipeMilliseconds = pipe
    return peer
  }

  private static func result(_ peers: [PeerMeasurement]) -> BenchResult {
    var result = BenchResult(
      about: [:],
      measurements: [
        Measurement(row: row, contender: .c, rounds: [round(1000), round(1000)]),
        Measurement(row: row, contender: .swift, rounds: [round(800), round(1000)]),
      ])
    result.peers = peers
    return result
  }

  @Test func ratiosAreByTheFastestOther() {
    let text = BenchPeerTable(
      Self.result([
        Self.peer("python", [Self.round(100), Self.round(100)]), Self.peer("node", [Self.round(200), Self.round(200)]),
        Self.peer("swift", [Self.round(400), Self.round(600)]),
        PeerMeasurement(peer: "php", reason: "php is not installed"),
      ])
    ).text
    #expect(text.contains("both through adapters: 2.50 (2.00-3.00)"))
    #expect(text.contains("the library without an adapter: 4.50 (4.00-5.00)"))
    #expect(text.contains("fastest other (node)"))
    #expect(text.contains("php: not measured: php is not installed"))
    #expect(text.contains("0.10 (0.10-0.10)"), "python by c")
  }

  @Test func thePipeIsPaidTwiceForACall() throws {
    let peer = Self.peer("node", [Self.round(10, nanoseconds: 5_000_000)], pipe: 0.5)
    #expect(abs(try #require(peer.p50WithoutPipe) - 4) < 0.1)
    #expect(Self.peer("node", [], pipe: 0.5).p50WithoutPipe == nil)
  }

  @Test func ownPeersOfOtherVersionsAreNoOthers() {
    let own = Self.peer("swift@0.1.0", [Self.round(900)])
    #expect(BenchPeerTable.fastest([own]) == nil)
    #expect(BenchPeerTable(Self.result([own])).text.contains("No other implementation is live."))
  }

  @Test func withoutPeersNothingIsSaid() {
    var result = Self.result([])
    result.peers = nil
    #expect(BenchPeerTable(result).text.isEmpty)
  }

  @Test func figuresOfAProcessAreRead() throws {
    let stat =
      "7 (a) b (c)) S 1 42 7 0 -1 4194560 2 0 0 0 150 50 10 40 20 0 3 0 100 0 0 18446744073709551615"
    let figures = try #require(
      ProcessFigures(pid: 7, stat: stat, status: "Name:\ta\nVmHWM:\t  2048 kB\n", ticksPerSecond: 100))
    #expect(figures.group == 42)
    #expect(figures.processorSeconds == 2.5)
    #expect(figures.threads == 3)
    #expect(figures.peakBytes == 2048 * 1024)
    #expect(ProcessFigures(pid: 7, stat: "7 (a", status: "", ticksPerSecond: 100) == nil)
  }
}
