import Testing

@testable import AMQP

@Suite struct ContentAssemblerTests {
  private var assembler = ContentAssembler()

  private static func delivery(_ tag: UInt64) -> BrokerFrame {
    .delivery(consumerTag: "c", deliveryTag: tag, redelivered: false)
  }

  private mutating func delivered(_ frames: BrokerFrame...) -> [Delivery] {
    frames.compactMap {
      if case .delivery(let delivery, "c") = assembler.receive($0) { delivery } else { nil }
    }
  }

  @Test mutating func aBodyInSeveralFrames() {
    #expect(delivered(Self.delivery(1), .contentHeader(bodySize: 5), .contentBody([1, 2])).isEmpty)
    #expect(delivered(.contentBody([3])).isEmpty)
    #expect(delivered(.contentBody([4, 5])).map(\.body) == [[1, 2, 3, 4, 5]])
  }

  @Test mutating func aBodyOfNothingHasNoFrame() {
    let first = delivered(Self.delivery(1), .contentHeader(bodySize: 0))
    #expect(first.map(\.body) == [[]])
    let second = delivered(Self.delivery(2), .contentHeader(bodySize: 1), .contentBody([9]))
    #expect(second.map(\.deliveryTag) == [2])
    #expect(second.map(\.body) == [[9]])
  }

  @Test mutating func returnsAndDeliveriesFollowEachOther() {
    let messages = [
      Self.delivery(1), .contentHeader(bodySize: 1), .contentBody([1]),
      .returned(code: 312, text: "NO_ROUTE", exchange: "e", routingKey: "x"), .contentHeader(bodySize: 2),
      .contentBody([2, 2]), Self.delivery(2), .contentHeader(bodySize: 1), .contentBody([3]),
    ].compactMap { assembler.receive($0) }
    #expect(messages.count == 3)
    guard case .returned(312, "NO_ROUTE", "e", "x") = messages[1] else {
      Issue.record("\(messages[1])")
      return
    }
    guard case .delivery(let delivery, "c") = messages[2] else {
      Issue.record("\(messages[2])")
      return
    }
    #expect(delivery.body == [3])
  }

  @Test mutating func otherFramesInBetweenChangeNothing() {
    #expect(
      delivered(
        Self.delivery(7), .nothing, .contentHeader(bodySize: 1), .acknowledged(deliveryTag: 1, multiple: false),
        .contentBody([1])
      ).map(\.deliveryTag) == [7])
  }

  @Test mutating func aSizeThatIsALieMakesNoRoom() {
    #expect(delivered(Self.delivery(1), .contentHeader(bodySize: .max), .contentBody([1])).isEmpty)
  }
}
