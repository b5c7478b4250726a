import Testing

@testable import Bench

@Suite struct SummaryTests {
  @Test func theMedianIsTheMiddleOrBetweenTheTwoInTheMiddle() throws {
    #expect(Summary([3, 1, 2])?.median == 2)
    #expect(Summary([4, 1, 3, 2])?.median == 2.5)
    #expect(Summary([]) == nil)
  }

  @Test func theSpreadIsTheLeastAndTheMost() throws {
    let summary = try #require(Summary([3, 1, 2]))
    #expect(summary.least == 1)
    #expect(summary.most == 3)
  }

  @Test func whatOverlapsIsNotApart() throws {
    let (low, high, between) = (
      try #require(Summary([1, 2])), try #require(Summary([3, 4])), try #require(Summary([2, 3]))
    )
    #expect(low.isApart(from: high))
    #expect(high.isApart(from: low))
    #expect(!low.isApart(from: between))
    #expect(!between.isApart(from: high))
  }
}
