import SyRPCWire
import Testing

@testable import Bench

@Suite struct BenchResultTests {
  private static let row = BenchRow(
    name: "call, 1 outstanding", kind: .call, outstanding: 1, body: 32)
  private static let usage = Usage(processorSeconds: 1, peakBytes: 1 << 20, threads: 5)

  /// So many calls of a millisecond each, in a second, for so much processor time of each side.
  private static func round(_ calls: Int, processorSeconds: Double) -> Round {
    var after = usage
    after.processorSeconds += processorSeconds
    let report = Report(
      error: nil, seconds: 1, latencies: [.init(nanoseconds: 1_000_000, count: UInt64(calls))],
      usage: after)
    return Round(report, client: (usage, after), server: (usage, after))
  }

  private static func result(swift: [Int], c: [Int]) -> BenchResult {
    BenchResult(
      about: [:],
      measurements: [
        Measurement(row: row, contender: .c, rounds: c.map { round($0, processorSeconds: 0.1) }),
        Measurement(
          row: row, contender: .swift, rounds: swift.map { round($0, processorSeconds: 0.2) }),
      ])
  }

  @Test func aRoundIsWhatWasDoneInItsTime() {
    let round = Self.round(1000, processorSeconds: 0.5)
    #expect(round.rate == 1000)
    #expect(round.clientCPU.map { ($0 * 1000).rounded() } == 500)
    #expect(round.serverCPU == round.clientCPU)
    #expect(round.p50.map { ($0 * 100).rounded() } == 100)
    #expect(round.clientThreads == 5)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let result = Self.result(swift: [900, 1000], c: [1000, 1100])
    let again = try BenchResult(try JSON(parsing: JSON(encoding: result).encoded()))
    #expect(again.measurements == result.measurements)
  }

  @Test func anotherFormatIsRefused() throws {
    var result = Self.result(swift: [1], c: [1])
    result.format = 99
    #expect(throws: BenchError.self) { try BenchResult(JSON(encoding: result)) }
  }

  @Test func ratiosAreThoseOfRoundsThatWereMeasuredTogether() {
    let text = BenchTables(Self.result(swift: [500, 900, 1500], c: [1000, 1000, 1000])).ratios
    #expect(text.contains("call, 1 outstanding"))
    #expect(text.contains("0.90 (0.50-1.50)"))
  }

  @Test func changesWithinTheNoiseAreCalledThat() {
    let old = Self.result(swift: [900, 1100], c: [1000])
    let same = BenchTables(Self.result(swift: [1000, 1200], c: [1000])).changes(since: old)
    let better = BenchTables(Self.result(swift: [2000, 2200], c: [1000])).changes(since: old)
    #expect(same.contains("1000 (900-1100) → 1100 (1000-1200) (+10 %, within noise)"))
    #expect(better.contains("1000 (900-1100) → 2100 (2000-2200) (+110 %)"))
  }
}
