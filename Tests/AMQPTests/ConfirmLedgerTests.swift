import Testing

@testable import AMQP

@Suite struct ConfirmLedgerTests {
  private var ledger = ConfirmLedger<String>()
  private let start = Moment.now
  private let unroutable = AMQPError(.unroutable, "nowhere")

  private mutating func publish(_ tokens: String..., to key: String = "k", at seconds: Int = 0) -> [UInt64] {
    tokens.map {
      ledger.published(
        $0, to: Destination(exchange: "e", routingKey: key), size: $0.utf8.count, at: start + .seconds(seconds))
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

  @Test mutating func whatSomebodyWaitsForIsCounted() {
    let place = Destination(exchange: "e", routingKey: "k")
    for number in 0..<4 {
      _ = ledger.published("\(number)", to: place, size: 1, at: start, isAwaited: number % 2 == 0)
    }
    #expect((ledger.awaited, ledger.unawaited) == (2, 0))
    _ = ledger.settle(2, multiple: true)
    #expect((ledger.awaited, ledger.unawaited) == (1, 1))
    // Its sender waits no longer; its confirm comes all the same.
    _ = ledger.remove(3)
    #expect((ledger.awaited, ledger.unawaited) == (0, 1))
    _ = ledger.settle(4, multiple: true)
    #expect((ledger.awaited, ledger.unawaited) == (0, 3))
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
    ledger.returned(from: Destination(exchange: "e", routingKey: "k", isSentTo: false), unroutable)
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(1, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func aReturnConcernsItsDestinationOnly() {
    _ = publish("a", to: "k")
    _ = publish("b", to: "l")
    ledger.returned(from: Destination(exchange: "e", routingKey: "l"), unroutable)
    #expect(ledger.settle(2, multiple: true).map(\.returnedWith) == [nil, unroutable])
  }

  @Test mutating func asManyAreReturnedAsCameBack() {
    _ = publish("a", "b", "c", "d")
    ledger.returned(from: Destination(exchange: "e", routingKey: "k"), unroutable)
    ledger.returned(from: Destination(exchange: "e", routingKey: "k"), unroutable)
    #expect(ledger.settle(1, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [unroutable])
    #expect(ledger.settle(4, multiple: true).map(\.returnedWith) == [nil, nil])
  }

  @Test mutating func ifInDoubtAllAreReturned() {
    _ = publish("a", "b", "c")
    ledger.returned(from: Destination(exchange: "e", routingKey: "k"), unroutable)
    #expect(ledger.settle(2, multiple: true).map(\.returnedWith) == [unroutable, unroutable])
    #expect(ledger.settle(3, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func theReturnOfAMessageNobodyWaitsForIsNotTheNextOnes() {
    _ = publish("gone", "waits")
    #expect(ledger.remove(1)?.token == "gone")
    #expect(ledger.remove(1)?.token == nil)
    ledger.returned(from: Destination(exchange: "e", routingKey: "k"), unroutable)
    #expect(ledger.settle(1, multiple: false).isEmpty)
    #expect(ledger.settle(2, multiple: false).map(\.returnedWith) == [nil])
  }

  @Test mutating func theOldestIsTheFirstThatIsNotSettled() {
    _ = publish("a", at: 1)
    _ = publish("b", at: 2)
    _ = publish("c", at: 3)
    #expect(ledger.oldestSent == start + .seconds(1))
    // Nobody waits for it any more, but the broker still owes its confirmation.
    _ = ledger.remove(1)
    #expect(ledger.oldestSent == start + .seconds(1))
    _ = ledger.settle(2, multiple: true)
    #expect(ledger.oldestSent == start + .seconds(3))
    _ = ledger.settle(3, multiple: false)
    #expect(ledger.oldestSent == nil)
  }

  @Test mutating func allSendersCanLeaveAndTheirMessagesStay() {
    _ = publish("a", "bb", "ccc")
    _ = ledger.settle(1, multiple: false)
    #expect(ledger.removeSenders().map(\.size) == [2, 3])
    #expect(ledger.removeSenders().isEmpty)
    #expect(ledger.oldestSent == start)
    #expect(publish("d") == [4])
    #expect(ledger.settle(4, multiple: true).map(\.token) == ["d"])
  }

  /// Also one whose sender waits no longer: it may be what the broker complains of.
  @Test mutating func theLargestIsKnown() {
    #expect(ledger.largestSize == nil)
    _ = publish("a", "ccc", "bb")
    _ = ledger.remove(2)
    #expect(ledger.largestSize == 3)
    _ = ledger.settle(2, multiple: true)
    #expect(ledger.largestSize == 2)
  }

  @Test mutating func allAreTakenOutInOrder() {
    #expect(ledger.removeAll().isEmpty)
    _ = publish("a", "b", "c")
    _ = ledger.settle(2, multiple: false)
    #expect(ledger.removeAll().map(\.token) == ["a", "c"])
    #expect(ledger.removeAll().isEmpty)
    #expect(ledger.oldestSent == nil)
  }
}
