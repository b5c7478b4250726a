import AMQP
import SyRPCWire
import Testing

@testable import SyRPC

@Suite struct FadingMemoryTests {
  private let start = Moment.now

  @Test func whatIsTooOldIsForgotten() {
    var memory = FadingMemory<Int>(lifetime: .seconds(10))
    memory.remember(1, of: ResultKey("a"), at: start)
    #expect(memory[ResultKey("a"), start + .seconds(9)] == 1)
    #expect(memory[ResultKey("a"), start + .seconds(10)] == nil)
    memory.remember(2, of: ResultKey("a"), at: start + .seconds(10))
    #expect(memory[ResultKey("a"), start + .seconds(19)] == 2)
  }

  @Test func whatIsOldTakesNoRoom() {
    var memory = FadingMemory<Int>(lifetime: .seconds(10))
    for number in 0..<5000 { memory.remember(number, of: ResultKey("\(number)"), at: start + .seconds(number)) }
    #expect(memory.count <= FadingMemory<Int>.few)
  }
}
