internal import CRabbitMQ

/// What a connection does with messages, without a broker and a socket: to be measured.
package final class Rehearsal {
  private let state: amqp_connection_state_t
  private let output = OutputBuffer()
  private var confirms = ConfirmLedger<Sender>()
  private var assembler = ContentAssembler()
  private let destination: Destination

  /// - Parameters:
  ///   - exchange: where messages go.
  ///   - routingKey: by what the exchange finds the queue.
  /// - Throws: ``AMQPError`` if there is no memory for it.
  package init(exchange: String, routingKey: String) throws(AMQPError) {
    guard let state = amqp_new_connection() else { throw AMQPError(.resources, "no memory for a connection") }
    self.state = state
    destination = Destination(exchange: exchange, routingKey: routingKey)
  }

  deinit { amqp_destroy_connection(state) }

  /// Gathers a message, and has it confirmed.
  package func publish(_ body: [UInt8], confirmed: @escaping ConfirmReceiver) {
    if let head = destination.head { output.add(head, body: body, frameMax: 131_072, channel: Handle.channel) }
    let tag = confirms.published(Sender(confirmed: confirmed), to: destination, size: body.count, at: .now)
    for entry in confirms.settle(tag, multiple: false) { entry.token.confirmed(.success(())) }
    output.removeAll()
  }

  /// The frames of a delivery, as a broker sends them.
  package func delivery(_ body: [UInt8], consumerTag: String, deliveryTag: UInt64) -> [UInt8] {
    let arena = Arena()
    defer { extendLifetime(arena) }
    let frames = OutputBuffer()
    var deliver = amqp_basic_deliver_t(
      consumer_tag: arena.bytes(consumerTag), delivery_tag: deliveryTag, redelivered: 0,
      exchange: arena.bytes(destination.exchange), routing_key: arena.bytes(destination.routingKey))
    var properties = amqp_basic_properties_t()
    _ = frames.add(method: Method.basicDeliver, &deliver, channel: Handle.channel)
    _ = frames.add(contentOf: body.count, &properties, channel: Handle.channel)
    frames.add(body: body, frameMax: 131_072, channel: Handle.channel)
    return Array(frames.bytes)
  }

  /// Takes what a broker sends.
  ///
  /// - Returns: the delivery in it; nil if there is none.
  package func receive(_ bytes: [UInt8]) -> Delivery? {
    var delivery: Delivery?
    bytes.withUnsafeBytes { bytes in
      var rest = amqp_bytes_t(len: bytes.count, bytes: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
      while rest.len > 0 {
        var frame = amqp_frame_t()
        let taken = amqp_handle_input(state, rest, &frame)
        guard taken > 0 else { return }
        rest = amqp_bytes_t(len: rest.len - Int(taken), bytes: rest.bytes.map { $0 + Int(taken) })
        if case .delivery(let whole, _) = assembler.receive(BrokerFrame(&frame)) { delivery = whole }
      }
    }
    amqp_maybe_release_buffers(state)
    return delivery
  }
}
