import SyRPCWire
import Testing

@testable import Bench

@Suite struct GrowthTests {
  private static func point(_ size: Int, rate: Double) -> GrowthPoint {
    var point = GrowthPoint(size: size)
    point[.rate] = rate
    return point
  }

  @Test func aStepIsShownByItsFactors() throws {
    let step = try #require(GrowthStep(from: Self.point(10, rate: 100), to: Self.point(100, rate: 980), .rate))
    #expect(step.shown == "×10 → ×9.8")
  }

  @Test func fromNothingThereIsNoFactor() {
    #expect(GrowthStep(from: Self.point(0, rate: 1), to: Self.point(20, rate: 2), .rate) == nil)
    #expect(GrowthStep(from: Self.point(1, rate: 0), to: Self.point(10, rate: 2), .rate) == nil)
    #expect(GrowthStep(from: Self.point(1, rate: 1), to: Self.point(10, rate: 2), .p50) == nil)
    #expect(GrowthStep(from: Self.point(10, rate: 1), to: Self.point(10, rate: 2), .rate) == nil)
  }

  private static var curve: GrowthCurve {
    var curve = GrowthCurve(
      kind: .servers, contender: .swift, points: [point(1, rate: 1000), point(2, rate: 1900), point(4, rate: 3610)])
    curve.ended = "no time for 8 and more"
    return curve
  }

  @Test func theTableSaysHowItGrewAndWhyItEnded() {
    let text = GrowthTable([Self.curve]).text
    #expect(text.contains("1900 (×2 → ×1.9)"))
    #expect(text.contains("swift ended early: no time for 8 and more"))
    #expect(text.contains("rate [/s]"))
    #expect(!text.contains("p50"))
  }

  @Test func curvesAreWrittenReadAndDrawn() throws {
    var result = BenchResult(about: [:], measurements: [])
    result.growth = [Self.curve]
    let again = try BenchResult(JSON(parsing: JSON(encoding: result).encoded()))
    #expect(again.growth == result.growth)
    #expect(BenchPlots(again).charts.map(\.file) == ["growth-servers-rate.svg"])
  }

  @Test func resultsOfBeforeHaveNeitherCurvesNorPeers() throws {
    let result = try BenchResult(JSON(parsing: Array(#"{"format": 1, "about": {}, "measurements": []}"#.utf8)))
    #expect(result.growth == nil && result.peers == nil)
  }

  @Test func sizesGrow() {
    for kind in GrowthKind.allCases {
      #expect(kind.sizes == Set(kind.sizes).sorted())
      #expect(!kind.contenders(of: [.swift]).isEmpty)
    }
    #expect(GrowthKind.foreign.contenders(of: Contender.allCases) == [.swift])
  }

  @Test func anApplicationIsToldByTheEnvironment() throws {
    let application = BenchApplication(.swift, suffix: "_queues_10", queueCount: 10)
    let again = try #require(BenchApplication(environment: application.environment))
    #expect(again.name == "bench_swift_queues_10")
    #expect(again.queueCount == 10)
    #expect(BenchApplication(environment: ["SYRPC_BENCH_APP": "a"]) == nil)
  }
}
