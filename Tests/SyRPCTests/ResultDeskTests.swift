import SyRPCWire
import Testing

@testable import SyRPC

@Suite struct ResultDeskTests {
  private var desk = ResultDesk(messageTTL: .seconds(10))
  private let start = ContinuousClock.now

  private func result(_ id: String) -> ArrivedResult { ArrivedResult(resultID: id, data: .success(.string(id))) }

  /// Lets a foreign result come by so often that the next sighting is held.
  private mutating func useUpFreeSightings(of id: String) {
    for tag in 1...UInt64(ResultDesk.free) {
      #expect(desk.receive(result(id), tag, at: start, jitter: 0) == [.requeue(tag)])
    }
  }

  @Test mutating func theFirstWaiterStartsAndTheLastStops() {
    #expect(desk.add(1, for: "a") == [.start])
    #expect(desk.add(2, for: "b") == [])
    #expect(desk.receive(result("a"), 7, at: start, jitter: 0) == [.acknowledge(7), .finish(1, result("a"))])
    #expect(desk.remove(2, for: "b") == [.stop])
    #expect(desk.isIdle)
    #expect(desk.add(3, for: "a") == [.start])
  }

  @Test mutating func allWhoWaitForOneResultGetIt() {
    #expect(desk.add(1, for: "a") == [.start])
    #expect(desk.add(2, for: "a") == [])
    #expect(
      desk.receive(result("a"), 7, at: start, jitter: 0)
        == [.acknowledge(7), .finish(1, result("a")), .finish(2, result("a")), .stop])
    #expect(desk.isIdle)
  }

  @Test mutating func oneOfTwoWaitersMayGo() {
    _ = desk.add(1, for: "a")
    _ = desk.add(2, for: "a")
    #expect(desk.remove(1, for: "a") == [])
    #expect(desk.remove(1, for: "a") == [])
    #expect(desk.remove(9, for: "none") == [])
    #expect(
      desk.receive(result("a"), 7, at: start, jitter: 0) == [.acknowledge(7), .finish(2, result("a")), .stop])
  }

  @Test mutating func idsAreComparedByTheirBytes() {
    _ = desk.add(1, for: "\u{E9}")
    #expect(desk.receive(result("e\u{301}"), 7, at: start, jitter: 0) == [.requeue(7)])
  }

  @Test mutating func withNobodyWaitingNothingIsKept() {
    #expect(desk.receive(result("a"), 7, at: start, jitter: 0) == [.requeue(7)])
    #expect(desk.rememberedSightings == 0)
  }

  @Test mutating func pausesGrowWithinBounds() throws {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    var pauses: [Duration] = []
    for sighting in 1...30 {
      let tag = UInt64(100 + sighting)
      // The most that spreading leaves of a pause.
      let actions = desk.receive(result("foreign"), tag, at: start, jitter: 1)
      guard case .wake(let instant) = try #require(actions.first), actions.count == 1 else {
        Issue.record("\(actions)")
        return
      }
      pauses.append(start.duration(to: instant))
      #expect(desk.due(at: instant - .nanoseconds(1)) == [])
      #expect(desk.due(at: instant) == [.requeue(tag)])
    }
    #expect(pauses.first == ResultDesk.shortestHold)
    #expect(pauses.last == ResultDesk.longestHold)
    #expect(pauses == pauses.sorted())
  }

  @Test mutating func pausesAreSpread() {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    #expect(
      desk.receive(result("foreign"), 20, at: start, jitter: 0) == [.wake(at: start + ResultDesk.shortestHold / 2)])
  }

  @Test(arguments: [Duration.zero, .milliseconds(1), .milliseconds(40)])
  func nothingIsHeldForAsLongAsItLives(_ messageTTL: Duration) {
    var desk = ResultDesk(messageTTL: messageTTL)
    _ = desk.add(1, for: "mine")
    for sighting in 1...40 {
      guard case .wake(let instant)? = desk.receive(result("f"), UInt64(sighting), at: start, jitter: 1).first else {
        continue
      }
      #expect(start.duration(to: instant) <= messageTTL / 2)
    }
  }

  @Test mutating func aNewWaiterFindsWhatIsHeld() {
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    _ = desk.receive(result("foreign"), 20, at: start, jitter: 0)
    #expect(desk.add(2, for: "foreign") == [.acknowledge(20), .finish(2, result("foreign"))])
    #expect(desk.due(at: start + .seconds(1)) == [])
    #expect(!desk.isIdle)
  }

  @Test mutating func aHeldResultThatCannotBeReadStaysOne() throws {
    let error = #expect(throws: MessageError.self) { try ResultMessage(decoding: "{\"data\":1e999}".utf8) }
    let unreadable = ArrivedResult(resultID: "foreign", data: .failure(try #require(error)))
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "foreign")
    _ = desk.receive(unreadable, 20, at: start, jitter: 0)
    #expect(desk.add(2, for: "foreign") == [.acknowledge(20), .finish(2, unreadable)])
  }

  @Test mutating func stoppingGivesBackAllThatIsHeld() {
    _ = desk.add(1, for: "mine")
    for id in ["x", "y"] {
      useUpFreeSightings(of: id)
      _ = desk.receive(result(id), id == "x" ? 20 : 21, at: start, jitter: 0)
    }
    // The consumer is cancelled first, lest they come again.
    #expect(desk.remove(1, for: "mine") == [.stop, .requeue(20), .requeue(21)])
    #expect(desk.due(at: start + .seconds(1)) == [])
    #expect(desk.rememberedSightings == 0)
  }

  @Test mutating func closingGivesBackAllThatIsHeld() {
    #expect(desk.close() == [])
    _ = desk.add(1, for: "mine")
    useUpFreeSightings(of: "x")
    _ = desk.receive(result("x"), 20, at: start, jitter: 0)
    #expect(desk.close() == [.stop, .requeue(20)])
    #expect(desk.isIdle)
    #expect(desk.close() == [])
  }

  @Test mutating func abandoningForgetsEverything() {
    _ = desk.add(1, for: "a")
    _ = desk.add(2, for: "a")
    _ = desk.add(3, for: "b")
    useUpFreeSightings(of: "x")
    _ = desk.receive(result("x"), 20, at: start, jitter: 0)
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
      #expect(desk.receive(result("id\(number)"), 1, at: now, jitter: 0) == [.requeue(1)])
    }
    // They live for 10 s, so 10,000 may be of interest.
    #expect(desk.rememberedSightings < 25_000)
  }
}
