import Testing

@testable import AMQP

@Suite struct BrokerExceptionTests {
  /// The texts are RabbitMQ's (`rabbit_reader`), by which alone these can be told apart.
  @Test(arguments: [
    ("NOT_ALLOWED - vhost nowhere not found", AMQPError.Code.unknownVirtualHost),
    ("NOT_ALLOWED - access to vhost 'a' refused for user 'b'", .accessRefused),
    ("NOT_ALLOWED - access to vhost 'rate-limits' refused for user 'b'", .accessRefused),
    ("NOT_ALLOWED - access to vhost 'limit reached' refused for user 'b'", .accessRefused),
    ("NOT_ALLOWED - access to vhost 'a' refused for user 'b': connection limit (1) is reached", .closedByBroker),
    ("NOT_ALLOWED - connection refused for user 'b': user connection limit (1) is reached", .closedByBroker),
  ])
  func whyAConnectionIsRefused(_ text: String, _ code: AMQPError.Code) {
    let exception = BrokerException(replyCode: 530, text: text, method: 0)
    #expect(exception.handshakeError.code == code)
    #expect(exception.handshakeError.replyCode == 530)
  }

  /// Other exceptions of that number are for good.
  @Test func aDeliveryThatTookTooLongComesAgain() {
    let text = "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 5000 ms. …"
    let timeout = BrokerException(replyCode: 406, text: text, method: 0)
    #expect(timeout.isConsumerTimeout)
    #expect(timeout.error.isTransient)
    let unknownTag = BrokerException(
      replyCode: 406, text: "PRECONDITION_FAILED - unknown delivery tag 1", method: Method.basicAck)
    #expect(!unknownTag.isConsumerTimeout)
    #expect(!unknownTag.error.isTransient)
  }
}
