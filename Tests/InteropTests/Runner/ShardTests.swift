import Testing

@testable import InteropJudge
@testable import InteropModel
@testable import InteropRunner
@testable import InteropSupport

/// The parts of a matrix.
@Suite struct ShardTests {
  private func plan(_ peers: [String] = ["node", "php", "python", "swift"]) throws -> RunPlan {
    let checkout = try checkout()
    return try RunPlan(
      peers: peers, selection: RunPlan.Selection(), corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
  }

  private func shards(_ count: Int, of plan: RunPlan) throws -> [[Cell]] {
    try (1...count).map { try plan.of(try #require(Shard("\($0)/\(count)"))).cells }
  }

  @Test(arguments: [1, 2, 3, 5]) func eachCellIsInOneOfThem(_ count: Int) throws {
    let plan = try plan(["python", "swift"])
    let shards = try shards(count, of: plan)
    #expect(Set(shards.joined()) == Set(plan.cells) && shards.map(\.count).reduce(0, +) == plan.cells.count)
    for shard in shards { #expect(shard == plan.cells.filter(Set(shard).contains), "in the order of the matrix") }
  }

  /// What takes time is dealt evenly: scenarios, which wait; payloads, which are large; and peers, which are slow.
  @Test(arguments: [2, 3, 4, 7]) func theyTakeAlike(_ count: Int) throws {
    let shards = try shards(count, of: try plan())
    func spread(_ kind: (Cell) -> [String]) -> [String: Int] {
      let counts = shards.map { cells in
        cells.flatMap(kind).reduce(into: [:]) { counts, one in counts[one, default: 0] += 1 }
      }
      return Set(counts.flatMap(\.keys)).reduce(into: [:]) { spreads, one in
        let each = counts.map { $0[one] ?? 0 }
        spreads[one] = (each.max() ?? 0) - (each.min() ?? 0)
      }
    }
    #expect(spread { [$0.scenario.name] }.values.allSatisfy { $0 <= 1 })
    #expect(spread { ["\($0.scenario.name)/\($0.payload)"] }.values.allSatisfy { $0 <= 1 })
    #expect(spread { _ in ["all"] }.values.allSatisfy { $0 <= 8 })
    let peers = spread { cell in Role.allCases.map { "\(cell.combination[$0]) as \($0.rawValue)" } }
    #expect(peers.values.allSatisfy { $0 <= 30 }, "\(peers)")
  }

  @Test func oneWithoutACellIsAnError() throws {
    let plan = try plan(["swift"])
    let shard = try #require(Shard("500/500"))
    let error = #expect(throws: InteropError.self) { try plan.of(shard) }
    #expect(error?.message == "shard 500/500 has no cell: there are \(plan.cells.count) for 500 shards")
  }

  @Test(arguments: ["0/3", "4/3", "3", "1/", "/1", "a/b", "1/2/3", "-1/2", "1 / 2", ""])
  func whatIsNoShardIsRefused(_ text: String) { #expect(Shard(text) == nil) }

  @Test func anotherSelectionOrOtherChecksAreSeen() throws {
    let (plan, judge) = (try plan(["swift"]), Judge(divergences: [], golden: GoldenMessages()))
    let checks = Judge(checks: [Glob("hash.*")], divergences: [], golden: GoldenMessages())
    let level = Judge(divergences: [], golden: GoldenMessages(), level: .required)
    let shard = try plan.of(try #require(Shard("1/2")))
    #expect(Set([judge, checks, level].map(plan.fingerprint) + [shard.fingerprint(judge)]).count == 4)
    #expect(plan.fingerprint(judge) == plan.fingerprint(judge))
  }
}
