package import AMQP
package import SyRPCWire

/// What a client does with the results that come by on one queue, without a connection: to be measured.
package struct ResultRehearsal {
  private var desk: ResultDesk
  private var unsettled = UnsettledDeliveries()

  package init(_ settings: SyRPCSettings) { desk = ResultDesk(messageTTL: settings.messageTTL) }

  /// Somebody waits for a result, and it comes.
  ///
  /// - Returns: what it was.
  /// - Throws: ``MessageError`` if it is none.
  package mutating func take(_ delivery: Delivery, for resultID: String) throws -> JSON? {
    _ = desk.add(1, for: ResultKey(resultID))
    unsettled.add(delivery.deliveryTag)
    let message = try ResultMessage(decoding: delivery.body)
    let result = ArrivedResult(resultID: message.resultID, data: .success(message.data))
    guard desk.claim(result.key, at: .now) != nil else { return nil }
    _ = unsettled.settle([delivery.deliveryTag])
    return try result.data.get()
  }
}
