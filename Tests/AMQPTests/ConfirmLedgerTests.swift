import Testing

@testable import AMQP

@Suite struct ConfirmLedgerTests {
  private var ledger = ConfirmLedger<String>()
  private let start = ContinuousClock.now
  private let unroutable = AMQPError(.unroutable, "nowhere")

  private mutating func publish(_ tokens: String..., to key: String = "k", after seconds: Int = 30) -> [UInt64] {
    tokens.map {
      ledger.published($0, exchange: "e", routingKey: key, deadline: start + .seconds(seconds))
    }
  }

  @Test mutating func tagsCountFromOne() {
    #expect(publish("a", "b", "c") == [1, 2, 3])
  }

  @Test mutating func oneOrAllUpToATagAreSettled() {
    _ = publish("a", "b", "c", "d", "e")
    #expect(ledger.settle(2, multiple: false).map(\.token) == ["b"])
    #expect(ledger.settle(4, multiple: true).map(\.token) == ["a", "c", "d"])
    #expect(ledger.settle(5, multiple: true).map(\.token) == ["e"])
    #expect(ledger.settle(5, multiple: false).isEmpty)
    #expect(publish("f") == [6])
    #expect(ledger.settle(6, multiple: true).map(\.token) == ["f"])
  }

  @Test mutating func tagsThatWereNeverSentSettleNothing() {
    _ = publish("a")
    #expect(ledger.settle(2, multiple: true).isEmpty)
    #expect(ledger.settle(.max, multiple: true).isEmpty)
    #expect(ledger.settle(0, multiple: false).isEmpty)
    #expect(ledger.settle(1, multiple: false).map(\.token) == ["a"])
  }

  @Test mutating func aReturnedMessageIsTheOneThatIsSettledNext() {
    // The first has reached its queue and is being written to disk; then the queue went away.
    _ = publish("routed", "returned")
    ledger.returned(exchange: "e", routingKey: "k", unroutable)
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(1, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func aReturnConcernsItsDestinationOnly() {
    _ = publish("a", to: "k")
    _ = publish("b", to: "l")
    ledger.returned(exchange: "e", routingKey: "l", unroutable)
    #expect(ledger.settle(2, multiple: true).map(\.returnedWith) == [nil, unroutable])
  }

  @Test mutating func asManyAreReturnedAsCameBack() {
    _ = publish("a", "b", "c", "d")
    ledger.returned(exchange: "e", routingKey: "k", unroutable)
    ledger.returned(exchange: "e", routingKey: "k", unroutable)
    #expect(ledger.settle(1, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(4, multiple: true).map(\.returnedWith) == [nil, nil])
  }

  @Test mutating func ifInDoubtAllAreReturned() {
    _ = publish("a", "b", "c")
    ledger.returned(exchange: "e", routingKey: "k", unroutable)
    #expect(ledger.settle(2, multiple: true).map(\.returnedWith) == [unroutable, unroutable])
    #expect(ledger.settle(3, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func theReturnOfAMessageNobodyWaitsForIsNotTheNextOnes() {
    _ = publish("gone", "waits")
    #expect(ledger.remove(1)?.token == "gone")
    #expect(ledger.remove(1)?.token == nil)
    ledger.returned(exchange: "e", routingKey: "k", unroutable)
    #expect(ledger.settle(1, multiple: false).isEmpty)
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func whoWaitsTooLongIsGivenOnce() {
    _ = publish("a", after: 1)
    _ = publish("b", after: 2)
    _ = publish("c", after: 3)
    #expect(ledger.nextDeadline == start + .seconds(1))
    #expect(ledger.expired(at: start).isEmpty)
    #expect(ledger.expired(at: start + .seconds(2)).map(\.token) == ["a", "b"])
    #expect(ledger.expired(at: start + .seconds(2)).isEmpty)
    #expect(ledger.nextDeadline == start + .seconds(3))
    #expect(ledger.settle(3, multiple: true).map(\.token) == ["c"])
    #expect(ledger.nextDeadline == nil)
  }

  @Test mutating func expiryGoesOverSettledAndRemovedOnes() {
    _ = publish("a", "b", "c", "d", after: 1)
    _ = ledger.settle(1, multiple: false)
    _ = ledger.settle(3, multiple: false)
    _ = ledger.remove(2)
    #expect(ledger.nextDeadline == start + .seconds(1))
    #expect(ledger.expired(at: start + .seconds(1)).map(\.token) == ["d"])
    #expect(publish("e", after: 2) == [5])
    #expect(ledger.nextDeadline == start + .seconds(2))
  }

  @Test mutating func allAreTakenOutInOrder() {
    #expect(ledger.removeAll().isEmpty)
    _ = publish("a", "b", "c")
    _ = ledger.settle(2, multiple: false)
    #expect(ledger.removeAll().map(\.token) == ["a", "c"])
    #expect(ledger.removeAll().isEmpty)
    #expect(ledger.nextDeadline == nil)
  }
}
