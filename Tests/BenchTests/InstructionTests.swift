import Testing

@testable import Bench

@Suite struct InstructionTests {
  @Test func whatIsBeforeAndAfterDoesNotCount() throws {
    let count = try InstructionCount(.hash, few: (1000, 5_300_000), many: (6000, 6_800_000))
    #expect(count.measured == 300)
  }

  @Test(arguments: [(1000, 5_000_000), (6000, 6_000_000), (500, 7_000_000)])
  func whatDoesNotGrowIsNotMeasured(_ many: (count: Int, total: Int)) {
    #expect(throws: BenchError.self) { try InstructionCount(.hash, few: (1000, 6_000_000), many: many) }
  }

  @Test func eachOperationHasABudgetAndOneMoreIsTooMany() throws {
    for operation in MeasuredOperation.allCases {
      let budget = try InstructionCount(operation, few: (1, 0), many: (2, 1)).budget
      #expect(budget > 0, "\(operation)")
      let good = try InstructionCount(operation, few: (1, 0), many: (2, budget))
      let bad = try InstructionCount(operation, few: (1, 0), many: (2, budget + 1))
      #expect(good.isWithinBudget && !bad.isWithinBudget)
      let table = InstructionTable([good, bad])
      #expect(table.complaints == ["\(operation.rawValue) takes \(budget + 1) instructions; its budget is \(budget)"])
      #expect(table.text.contains("too many"))
    }
  }

  @Test func theTotalOfAProfileIsRead() {
    let profile = """
      # callgrind format
      version: 1
      events: Ir
      summary: 99
      fn=(0) below main
      0 12

      totals: 106310969

      """
    #expect(Callgrind.total(in: profile) == 106_310_969)
  }

  @Test(arguments: ["", "summary: 1\n", "totals:\n", "totals: many\n"])
  func whatIsNoProfileHasNoTotal(_ text: String) { #expect(Callgrind.total(in: text) == nil) }

  @Test func anUnknownOperationNamesTheNearest() {
    let error = #expect(throws: BenchError.self) { try MeasuredOperation(named: "encod") }
    #expect(error?.description == "no operation is called \"encod\"; did you mean \"encode\"?")
  }

  @Test(arguments: MeasuredOperation.allCases) func eachDoesWhatItIsMeasuredFor(_ operation: MeasuredOperation) throws {
    try operation.run(count: 3)
  }
}
