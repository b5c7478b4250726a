import AMQP
import SyRPCWire
import Testing

@testable import SyRPC

@Suite struct ResultDeskTests {
  private var desk = ResultDesk(messageTTL: .seconds(10))
  private let start = Moment.now

  private func result(_ id: String) -> ArrivedResult { ArrivedResult(resultID: id, data: .success(.string(id))) }

  /// Lets a foreign result come by so often that the next sighting is held.
  private mutating func useUpFreeSightings(of id: String) {
    for tag in 1...UInt64(ReturnPolicy.free) {
      #expect(desk.receive(result(id), .init(tag: tag), at: start, jitter: 0) == [.giveBack([tag])])
    }
  }

  @Test mutating func theFirstWaiterStartsAndTheLastStops() {
    #expect(desk.add(1, for: "a") == [.start])
    #expect(desk.add(2, for: "b") == [])
    #expect(
      desk.receive(result("a"), .init(tag: 7), at: start, jitter: 0) == [.acknowledge(7), .finish(1, result("a"))])
    #expect(desk.remove(2, for: "b") == [.stop])
    #expect(desk.isIdle)
    #expect(desk.add(3, for: "a") == [.start])
  }

  @Test mutating func allWhoWaitForOneResultGetIt() {
    #expect(desk.add(1, for: "a") == [.start])
    #expect(desk.add(2, for: "a") == [])
    #expect(
      desk.receive(result("a"), .init(tag: 7), at: start, jitter: 0)
        == [
          .acknowledge(7), .finish(1, result("a")), .finish(2, result("a")), .wake(at: start + ResultDesk.linger),
        ])
    #expect(desk.isIdle)
  }

  @Test mutating func theConsumerStaysForAWhileAfterTheLastResult() {
    _ = desk.add(1, for: "a")
    _ = desk.receive(result("a"), .init(tag: 1), at: start, jitter: 0)
    // The next one finds it.
    #expect(desk.add(2, for: "b") == [])
    let later = start + .seconds(1)
    #expect(
      desk.receive(result("b"), .init(tag: 2), at: later, jitter: 0) == [.acknowledge(2), .finish(2, result("b"))])
    #expect(desk.due(at: start + ResultDesk.linger) == [.wake(at: later + ResultDesk.linger)])
    #expect(desk.due(at: later + ResultDesk.linger) == [.stop])
    #expect(desk.add(3, for: "c") == [.start])
  }

  @Test mutating func aForeignResultEndsAConsumerForWhichNobodyWaits() {
    _ = desk.add(1, for: "a")
    _ = desk.receive(result("a"), .init(tag: 1), at: start, jitter: 0)
    #expect(desk.receive(result("foreign"), .init(tag: 2), at: start, jitter: 0) == [.stop, .giveBack([2])])
    // On its way when the consumer was cancelled.
    #expect(desk.receive(result("another"), .init(tag: 3), at: start, jitter: 0) == [.giveBack([3])])
    #expect(desk.due(at: start + ResultDesk.linger) == [])
    #expect(desk.add(2, for: "b") == [.start])
  }

  @Test mutating func aResultThatMustBeSparedAReturnIsHeldWithoutAConsumer() {
    _ = desk.add(1, for: "a")
    _ = desk.receive(result("a"), .init(tag: 1), at: start, jitter: 0)
    let arrival = ResultDesk.Arrival(tag: 2, deliveryCount: ReturnPolicy.free)
    #expect(desk.receive(result("foreign"), arrival, at: start, jitter: 0).first == .stop)
    #expect(desk.heldCount == 1)
  }

  @Test mutating func whoGivesUpLeavesNoConsumer() {
    _ = desk.add(1, for: "a")
    #expect(desk.remove(1, for: "a") == [.stop])
  }

  @Test mutating func oneOfTwoWaitersMayGo() {
    _ = desk.add(1, for: "a")
    _ = desk.add(2, for: "a")
    #expect(desk.remove(1, for: "a") == [])
    #expect(desk.remove(1, for: "a") == [])
    #expect(desk.remove(9, for: "none") == [])
    #expect(
      desk.receive(result("a"), .init(tag: 7), at: start, jitter: 0) == [
        .acknowledge(7), .finish(2, result("a")), .wake(at: start + ResultDesk.linger),
      ])
  }

  @Test mutating func idsAreComparedByTheirBytes() {
    _ = desk.add(1, for: "\u{E9}")
    #expect(desk.receive(result("e\u{301}"), .init(tag: 7), at: start, jitter: 0) == [.giveBack([7])])
  }

  @Test mutating func withNobodyWaitingNothingIsKept() {
    #expect(desk.receive(result("a"), .init(tag: 7), at: start, jitter: 0) == [.giveBack([7])])
    #expect(desk.rememberedSightings == 0)
  }

  @Test mutating func pausesGrowWithinBounds() throws {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    var pauses: [Duration] = []
    for sighting in 1...30 {
      let tag = UInt64(100 + sighting)
      // The most that spreading leaves of a pause.
      let actions = desk.receive(result("foreign"), .init(tag: tag), at: start, jitter: 1)
      guard case .wake(let instant) = try #require(actions.first), actions.count == 1 else {
        Issue.record("\(actions)")
        return
      }
      pauses.append(start.duration(to: instant))
      #expect(desk.due(at: instant - .nanoseconds(1)) == [])
      #expect(desk.due(at: instant) == [.giveBack([tag])])
    }
    #expect(pauses.first == ReturnPolicy.shortestHold)
    #expect(pauses.last == ReturnPolicy.longestUncountedHold)
    #expect(pauses == pauses.sorted())
  }

  @Test mutating func pausesAreSpread() {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    #expect(
      desk.receive(result("foreign"), .init(tag: 20), at: start, jitter: 0) == [
        .wake(at: start + ReturnPolicy.shortestHold / 2)
      ])
  }

  @Test(arguments: [Duration.zero, .milliseconds(1), .milliseconds(40)])
  func nothingIsHeldForAsLongAsItLives(_ messageTTL: Duration) {
    var desk = ResultDesk(messageTTL: messageTTL)
    _ = desk.add(1, for: "mine")
    for sighting in 1...40 {
      let arrival = ResultDesk.Arrival(tag: UInt64(sighting), deliveryCount: sighting % 2 == 0 ? sighting : nil)
      guard case .wake(let instant)? = desk.receive(result("f"), arrival, at: start, jitter: 1).first else { continue }
      #expect(start.duration(to: instant) <= messageTTL / 2)
      _ = desk.due(at: instant)
    }
  }

  @Test mutating func aNewWaiterFindsWhatIsHeld() {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    _ = desk.receive(result("foreign"), .init(tag: 20), at: start, jitter: 0)
    #expect(desk.add(2, for: "foreign") == [.acknowledge(20), .finish(2, result("foreign"))])
    #expect(desk.due(at: start + .seconds(1)) == [])
    #expect(!desk.isIdle)
  }

  @Test mutating func aHeldResultThatCannotBeReadStaysOne() throws {
    let error = #expect(throws: MessageError.self) { try ResultMessage(decoding: "{\"data\":1e999}".utf8) }
    let unreadable = ArrivedResult(resultID: "foreign", data: .failure(try #require(error)))
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    _ = desk.receive(unreadable, .init(tag: 20), at: start, jitter: 0)
    #expect(desk.add(2, for: "foreign") == [.acknowledge(20), .finish(2, unreadable)])
  }

  @Test mutating func stoppingGivesBackAllThatIsHeld() {
    _ = desk.add(1, for: "mine")
    for id in ["x", "y"] {
      useUpFreeSightings(of: id)
      _ = desk.receive(result(id), .init(tag: id == "x" ? 20 : 21), at: start, jitter: 0)
    }
    // The consumer is cancelled first, lest they come again.
    #expect(desk.remove(1, for: "mine") == [.stop, .giveBack([20, 21])])
    #expect(desk.due(at: start + .seconds(1)) == [])
    #expect(desk.rememberedSightings == 0)
  }

  @Test mutating func closingGivesBackAllThatIsHeld() {
    #expect(desk.close() == [])
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "x")
    _ = desk.receive(result("x"), .init(tag: 20), at: start, jitter: 0)
    #expect(desk.close() == [.stop, .giveBack([20])])
    #expect(desk.isIdle)
    #expect(desk.close() == [])
  }

  @Test mutating func abandoningForgetsEverything() {
    _ = desk.add(1, for: "a")
    _ = desk.add(2, for: "a")
    _ = desk.add(3, for: "b")
    useUpFreeSightings(of: "x")
    _ = desk.receive(result("x"), .init(tag: 20), at: start, jitter: 0)
    #expect(desk.abandon().sorted() == [1, 2, 3])
    #expect(desk.isIdle)
    #expect(desk.due(at: start + .seconds(1)) == [])
    #expect(desk.add(4, for: "x") == [.start])
  }

  @Test mutating func foreignResultsOfThePastAreForgotten() {
    _ = desk.add(1, for: "mine")
    // A thousand foreign results a second go by, each seen once, while somebody waits.
    for number in 0..<60_000 {
      let now = start + .milliseconds(number)
      #expect(desk.receive(result("id\(number)"), .init(tag: 1), at: now, jitter: 0) == [.giveBack([1])])
    }
    // They live for 10 s, so 10,000 may be of interest.
    #expect(desk.rememberedSightings < 25_000)
  }

  // MARK: - Where returns are counted

  /// One result that nobody takes, and processes that wait for others all its life; each delivers it to the next at once.
  @Test(arguments: [1, 2, 25], [Duration.seconds(1), .seconds(10), .seconds(60), .seconds(3600)])
  func aResultLivesOutItsTimeWithinTheDeliveryLimit(_ processes: Int, _ messageTTL: Duration) {
    var desks = Array(repeating: ResultDesk(messageTTL: messageTTL), count: processes)
    for index in desks.indices { _ = desks[index].add(1, for: "mine") }
    var (now, returns) = (start, 0)
    while now < start + messageTTL {
      let index = returns % processes
      let arrival = ResultDesk.Arrival(tag: UInt64(returns), deliveryCount: returns == 0 ? nil : returns)
      let actions = desks[index].receive(result("foreign"), arrival, at: now, jitter: 0)
      if case .wake(let instant)? = actions.first {
        now = instant
        #expect(desks[index].due(at: now) == [.giveBack([UInt64(returns)])])
      } else {
        #expect(actions == [.giveBack([UInt64(returns)])])
      }
      returns += 1
    }
    // Some are left of 20 for consumers that close or crash; and a result that somebody waits for is found at once.
    #expect(returns <= 17)
    #expect(returns > ReturnPolicy.free)
  }

  @Test mutating func whatIsNearTheLimitStaysWhenTheLastWaiterGoes() throws {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "free")
    _ = desk.receive(result("free"), .init(tag: 20), at: start, jitter: 0)
    let actions = desk.receive(result("spared"), .init(tag: 21, deliveryCount: 13), at: start, jitter: 0)
    #expect(actions == [])
    #expect(desk.remove(1, for: "mine") == [.stop, .giveBack([20])])
    // Another that comes while the consumer is being cancelled.
    _ = desk.receive(result("also spared"), .init(tag: 22, deliveryCount: 13), at: start, jitter: 0)
    #expect(desk.receive(result("fresh"), .init(tag: 23, deliveryCount: 7), at: start, jitter: 0) == [.giveBack([23])])
    #expect(desk.add(2, for: "also spared") == [.acknowledge(22), .finish(2, result("also spared"))])
    let quarter = start + .milliseconds(2500)
    #expect(desk.due(at: quarter) == [.giveBack([21])])
    #expect(desk.heldCount == 0)
  }

  @Test mutating func closingSparesNothing() {
    _ = desk.add(1, for: "mine")
    _ = desk.receive(result("spared"), .init(tag: 21, deliveryCount: 13), at: start, jitter: 0)
    _ = desk.remove(1, for: "mine")
    #expect(desk.close() == [.giveBack([21])])
  }

  // MARK: - A long queue

  /// Given back before all have come, the first of them would come again in place of the last.
  @Test(arguments: [false, true]) func aBacklogIsWalkedOnce(_ isCounted: Bool) throws {
    var desk = ResultDesk(messageTTL: .seconds(60))
    let count = 20_000
    _ = desk.add(1, for: "mine")
    desk.consumed(backlog: count, at: start)
    var (now, walks) = (start, 0)
    var pending = Array(0..<count)
    while now < start + .seconds(60) {
      for number in pending {
        let arrival = ResultDesk.Arrival(
          tag: UInt64(walks * count + number), deliveryCount: isCounted && walks > 0 ? walks : nil)
        for case .giveBack in desk.receive(result("id\(number)"), arrival, at: now, jitter: 0) {
          Issue.record("\(number) is given back at once")
          return
        }
        now += .microseconds(35)
      }
      walks += 1
      var released: [UInt64] = []
      while released.count < count {
        now += .milliseconds(100)
        for case .giveBack(let tags) in desk.due(at: now) { released += tags }
      }
      #expect(desk.heldCount == 0)
      pending = released.map { Int($0) % count }
    }
    // Each takes 0.7 s of the broker's time.
    #expect(walks <= 8)
  }

  /// A busy broker takes longer for the whole than each is held.
  @Test mutating func aSlowBacklogGoesBackWhenItIsOver() {
    _ = desk.add(1, for: "mine")
    desk.consumed(backlog: 200, at: start)
    var now = start
    for tag in 1...199 as ClosedRange<UInt64> {
      now += .milliseconds(2)
      _ = desk.receive(result("id\(tag)"), .init(tag: tag), at: now, jitter: 0)
      for case .giveBack in desk.due(at: now) { Issue.record("\(tag)") }
    }
    // Another has taken the last.
    let over = now + ResultDesk.longestPause
    _ = desk.due(at: over - .milliseconds(1))
    #expect(desk.due(at: over) == [.giveBack(Array(1...199))])
    #expect(desk.receive(result("fresh"), .init(tag: 200), at: over, jitter: 0) == [.giveBack([200])])
  }

  @Test mutating func aFewInTheQueueAreNoBacklog() {
    _ = desk.add(1, for: "mine")
    desk.consumed(backlog: ResultDesk.backlog, at: start)
    #expect(desk.receive(result("foreign"), .init(tag: 1), at: start, jitter: 0) == [.giveBack([1])])
  }

  @Test mutating func onlyTheIdIsKeptOfWhatIsTooMuch() {
    _ = desk.add(1, for: "mine")
    desk.consumed(backlog: 1000, at: start)
    for tag in 1...2 as ClosedRange<UInt64> {
      let arrival = ResultDesk.Arrival(tag: tag, size: HeldRoom.most * 2 / 3)
      _ = desk.receive(result("id\(tag)"), arrival, at: start, jitter: 0)
    }
    #expect(desk.heldCount == 2)
    #expect(desk.add(2, for: "id2") == [.giveBack([2])])
    #expect(desk.add(3, for: "id1") == [.acknowledge(1), .finish(3, result("id1"))])
    // It comes again.
    let again = desk.receive(result("id2"), .init(tag: 3), at: start, jitter: 0)
    #expect(again == [.acknowledge(3), .finish(2, result("id2"))])
  }

  @Test func queuesShareTheRoomForWhatIsHeld() {
    let room = HeldRoom()
    var desks = (0..<2).map { _ in ResultDesk(messageTTL: .seconds(10), room: room) }
    let arrival = ResultDesk.Arrival(tag: 1, size: HeldRoom.most * 2 / 3)
    for number in 0..<2 {
      _ = desks[number].add(1, for: "mine")
      desks[number].consumed(backlog: 1000, at: start)
      _ = desks[number].receive(result("foreign"), arrival, at: start, jitter: 0)
    }
    #expect(desks[1].add(2, for: "foreign") == [.giveBack([1])])
    // What a lost connection held takes no room any longer.
    _ = desks[0].abandon()
    #expect(room.take(HeldRoom.most))
  }

  // MARK: - Looking once

  @Test mutating func whoLooksHoldsOthersUntilItIsDone() {
    #expect(desk.look(1, for: "mine") == [])
    for tag in 1...3 as ClosedRange<UInt64> {
      #expect(desk.receive(result("id\(tag)"), .init(tag: tag), at: start, jitter: 0) == [])
    }
    // Somebody waits meanwhile, and finds one of them.
    #expect(desk.add(2, for: "id2") == [.acknowledge(2), .finish(2, result("id2"))])
    #expect(desk.remove(1, for: "mine") == [.giveBack([1, 3])])
    #expect(desk.isIdle)
  }

  @Test mutating func whoFindsWhatItLooksForGivesTheOthersBack() {
    _ = desk.look(1, for: "mine")
    _ = desk.receive(result("other"), .init(tag: 1), at: start, jitter: 0)
    #expect(
      desk.receive(result("mine"), .init(tag: 2), at: start, jitter: 0)
        == [.acknowledge(2), .finish(1, result("mine")), .giveBack([1])])
    #expect(desk.receive(result("more"), .init(tag: 3), at: start, jitter: 0) == [.giveBack([3])])
  }

  @Test mutating func aWaiterBesideOneThatLooksConsumes() {
    #expect(desk.look(1, for: "a") == [])
    #expect(desk.add(2, for: "b") == [.start])
    #expect(desk.remove(1, for: "a") == [])
    #expect(desk.remove(2, for: "b") == [.stop])
  }
}

extension ResultDesk {
  fileprivate mutating func add(_ waiter: Waiter, for resultID: String) -> [Action] {
    add(waiter, for: ResultKey(resultID))
  }
  fileprivate mutating func look(_ waiter: Waiter, for resultID: String) -> [Action] {
    look(waiter, for: ResultKey(resultID))
  }
  fileprivate mutating func remove(_ waiter: Waiter, for resultID: String) -> [Action] {
    remove(waiter, for: ResultKey(resultID))
  }
}
