import Testing

@testable import SyRPC

/// Requests are handed to those who handle them, at most so many at a time.
@Suite struct HandlerPlacesTests {
  private func demanded(_ places: HandlerPlaces<Int>) async -> Int {
    places.finish()
    return await places.demand.reduce(0) { count, _ in count + 1 }
  }

  @Test func noMoreAreAskedForThanThereArePlaces() async {
    let places = HandlerPlaces<Int>(limit: 2)
    places.add([1, 2, 3])
    #expect(await places.next() == 1)
    #expect(await places.next() == 2)
    #expect(await places.next() == 3)
    #expect(await demanded(places) == 2)
  }

  @Test func whoWaitsIsWokenAndNobodyElseIsAskedFor() async {
    let places = HandlerPlaces<Int>(limit: 2)
    async let next = places.next()
    while !places.isAwaited { await Task.yield() }
    places.add([7])
    #expect(await next == 7)
    #expect(await demanded(places) == 0)
  }

  @Test func whatHasComeIsHandledAfterTheEnd() async {
    let places = HandlerPlaces<Int>(limit: 1)
    async let first = places.next()
    while !places.isAwaited { await Task.yield() }
    places.add([1, 2])
    places.finish()
    #expect(await first == 1)
    #expect(await places.next() == 2)
    #expect(await places.next() == nil)
  }

  @Test func whoWaitsAtTheEndLearnsOfIt() async {
    let places = HandlerPlaces<Int>(limit: 1)
    async let next = places.next()
    while !places.isAwaited { await Task.yield() }
    places.finish()
    #expect(await next == nil)
  }

  @Test func anotherTakesThePlaceOfOneThatLeaves() async {
    let places = HandlerPlaces<Int>(limit: 1)
    places.add([1, 2])
    #expect(await places.next() == 1)
    places.leave()
    #expect(await places.next() == 2)
    places.leave()
    places.add([3])
    #expect(await demanded(places) == 3)
  }

  @Test func newsAreToldOnce() {
    let places = HandlerPlaces<Int>(limit: 1)
    #expect(!places.takeNews())
    places.add([1])
    #expect(places.takeNews())
    #expect(!places.takeNews())
  }
}
