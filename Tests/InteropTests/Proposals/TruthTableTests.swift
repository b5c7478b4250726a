import InteropModel
import Testing

@testable import InteropProposals

@Suite struct TruthTableTests {
  private static func mixture(_ text: String) -> Mixture {
    let roles = text.map { $0 == "n" }
    return Mixture(putter: roles[0], server: roles[1], getter: roles[2])
  }

  /// What has to work in each order, written out: putter, server, getter; o is old.
  private static let needed: [(RolloutOrder, [String])] = [
    (.anyOrder, ["ooo", "noo", "ono", "nno", "oon", "non", "onn", "nnn"]),
    (.serversFirst, ["ooo", "ono", "nno", "onn", "nnn"]),
    (.clientsFirst, ["ooo", "noo", "oon", "non", "nnn"]),
  ]

  @Test func everyTableHasTheFirstOrderOfWhichAllWorks() {
    for number in 0..<256 {
      let working = Set(Mixture.all.indices.filter { number >> $0 & 1 == 1 }.map { Mixture.all[$0] })
      let expected = Self.needed.first { $0.1.map(Self.mixture).allSatisfy(working.contains) }?.0
      let table = TruthTable(working: working)
      #expect(table.order == expected, "\(working.map { $0.shown() })")
      #expect(!table.isUndecided)
      // Either of the two orders alone is less than any order.
      if expected == .anyOrder { #expect(working.count == 8) }
    }
  }

  @Test func whatWasNotRunIsNeverYes() {
    for mixture in Mixture.all {
      var table = TruthTable(working: Set(Mixture.all))
      table[mixture] = .unknown
      let expected = Self.needed.first { !$0.1.map(Self.mixture).contains(mixture) }?.0
      #expect(table.order == expected, "\(mixture.shown())")
      #expect(table.isUndecided == (expected == nil))
    }
    #expect(TruthTable().order == nil && TruthTable().isUndecided)
  }

  @Test func aFailureDecidesWhateverElseIsUnknown() {
    var table = TruthTable()
    table[Mixture.all[7]] = .fails
    #expect(table.order == nil && !table.isUndecided)
  }

  @Test func putterServerAndGetterCanBeUpgradedOneAfterTheOther() {
    // Nobody old reads what is new: getters, servers, putters.
    let table = TruthTable(working: Set(["ooo", "oon", "onn", "nnn"].map(Self.mixture)))
    #expect(table.order == nil)
    #expect(table.orderOfRoles == [.getter, .server, .putter])
    #expect(TruthTable(working: []).orderOfRoles == nil)
  }

  @Test func theMixturesOfAPathAreThoseOfItsSteps() {
    #expect(UpgradePath.serversFirst.mixtures == Set(Self.needed[1].1.map(Self.mixture)))
    #expect(UpgradePath.clientsFirst.mixtures == Set(Self.needed[2].1.map(Self.mixture)))
    #expect(UpgradePath.apart.count == 6 && UpgradePath.apart.allSatisfy { $0.mixtures.count == 4 })
  }

  @Test(
    arguments: [
      (true, true, Compatibility.full), (true, false, .backward), (false, true, .forward), (false, false, .none),
      (nil, nil, .unknown), (true, nil, .backward), (nil, true, .forward), (false, nil, .none), (nil, false, .none),
    ] as [(Bool?, Bool?, Compatibility)])
  func compatibilityIsConfluents(_ backward: Bool?, _ forward: Bool?, _ expected: Compatibility) {
    #expect(Compatibility(backward: backward, forward: forward) == expected)
  }
}
