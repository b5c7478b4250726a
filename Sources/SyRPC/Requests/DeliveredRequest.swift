internal import AMQP
internal import SyRPCWire

/// A request as it was delivered: to be acknowledged, or given back.
struct DeliveredRequest: Sendable {
  let content: Result<Request, UnreadableRequest>
  let deliveryTag: UInt64
  let headers: [String: String]

  init(_ delivery: Delivery) {
    deliveryTag = delivery.deliveryTag
    headers = delivery.headers
    do {
      content = .success(
        Request(try RequestMessage(decoding: delivery.body), isRedelivered: delivery.redelivered))
    } catch {
      content = .failure(UnreadableRequest(resultID: resultID(ofUnreadable: delivery.body), reason: error))
    }
  }
}

/// A message in the request queue from which no request can be read.
struct UnreadableRequest: Error, Sendable {
  /// Who waits for an answer, if that much can be read.
  let resultID: String?
  let reason: MessageError
}
