import Testing

@testable import SyRPC

@Suite struct UnsettledDeliveriesTests {
  private var deliveries = UnsettledDeliveries()

  private mutating func add(_ tags: ClosedRange<UInt64>) { for tag in tags { deliveries.add(tag) } }

  @Test mutating func whatIsTogetherGoesTogether() {
    add(1...20_000)
    #expect(deliveries.settle(Array(1...20_000)) == [.upTo(20_000)])
  }

  @Test mutating func oneGoesByItself() {
    add(1...2)
    #expect(deliveries.settle([1]) == [.one(1)])
    #expect(deliveries.settle([2]) == [.one(2)])
  }

  /// What is settled already is in nobody's way.
  @Test mutating func anAcknowledgedOneIsLeftOut() {
    add(1...5)
    deliveries.remove(3)
    #expect(deliveries.settle([1, 2, 4, 5]) == [.upTo(5)])
  }

  @Test mutating func whatStaysIsNotGivenBack() {
    add(1...6)
    #expect(deliveries.settle([1, 2, 4, 6]) == [.upTo(2), .one(4), .one(6)])
    // What stayed may go together with what comes.
    add(7...8)
    #expect(deliveries.settle([3, 5, 7, 8]) == [.upTo(8)])
  }

  @Test mutating func manyGoWhileTheOldestStays() {
    add(1...100)
    let tags = (UInt64(2)...100).filter { $0 % 2 == 0 }
    #expect(deliveries.settle(tags) == tags.map { .one($0) })
    #expect(deliveries.settle([1, 3, 5]) == [.upTo(5)])
  }

  @Test mutating func theOldestMayStay() {
    add(1...3)
    #expect(deliveries.settle([3, 2]) == [.one(2), .one(3)])
    #expect(deliveries.settle([1]) == [.one(1)])
  }

  @Test mutating func inAnyOrder() {
    add(1...3)
    #expect(deliveries.settle([3, 1, 2]) == [.upTo(3)])
    #expect(deliveries.settle([]) == [])
  }
}
