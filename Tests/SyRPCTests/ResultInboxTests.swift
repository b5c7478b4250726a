import Testing

@testable import SyRPC

@Suite struct ResultInboxTests {
  private let inbox = ResultInbox()

  private func entry(_ index: Int) -> ResultInbox.Entry {
    ResultInbox.Entry(waiter: inbox.number(), key: ResultKey("\(index)"), index: index) { _ in }
  }

  @Test func onlyWhereTheQueueIsConsumedIsSomeoneNoted() {
    #expect(!inbox.add(entry(3)))
    inbox.open(3)
    #expect(inbox.add(entry(3)) && inbox.add(entry(3)) && !inbox.add(entry(4)))
    #expect(inbox.takeAll().map(\.waiter) == [2, 3])
    #expect(inbox.takeAll().isEmpty)
  }

  @Test func whoComesInTheLastMomentIsNotForgotten() {
    inbox.open(3)
    inbox.open(4)
    #expect(inbox.add(entry(3)) && inbox.add(entry(4)))
    #expect(inbox.close(3).map(\.index) == [3, 4])
    #expect(!inbox.add(entry(3)) && inbox.add(entry(4)))
  }
}
