import Testing

@testable import InteropModel
@testable import InteropRunner

@Suite struct LaneTests {
  @Test(arguments: [1, 6, 100]) func eachCellIsInOneOfThem(_ parallel: Int) throws {
    let checkout = try checkout()
    let plan = try RunPlan(
      peers: ["node", "python", "swift"], selection: RunPlan.Selection(), corpus: try Corpus(folder: checkout.payloads),
      contract: try Contract(checkout.contract))
    let lanes = plan.lanes(dealtFrom: parallel)
    let numbers = (lanes.waiting + lanes.busy).flatMap { $0.cells.map(\.number) }
    #expect(numbers.sorted() == plan.cells.indices.filter { !plan.cells[$0].scenario.restartsBroker })
    #expect((lanes.waiting + lanes.busy).allSatisfy { $0.cells.allSatisfy { plan.cells[$0.number] == $0.cell } })

    // What waits waits alone, and holds nobody up.
    #expect(lanes.waiting.allSatisfy { $0.cells.count == 1 })
    #expect(
      Set(lanes.waiting.map(\.cells[0].cell.scenario.name)).isSuperset(of: ["idle", "late", "expiry", "given-back"]))
    #expect(lanes.busy.allSatisfy { $0.cells.allSatisfy { !$0.cell.scenario.mostlyWaits } })
    for lane in lanes.busy {
      #expect(
        Set(lane.cells.map(\.cell.combination)).count == 1 && Set(lane.cells.map(\.cell.scenario.place)).count == 1)
      #expect(lane.cells.map(\.number) == lane.cells.map(\.number).sorted())
    }
  }
}
