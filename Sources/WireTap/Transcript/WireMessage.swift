package import SyRPCWire

/// A message as it went over the wire: the method that carries content, its header and all of its body (§4.2.6).
package struct WireMessage: Sendable, Hashable {
  /// The number of the method's entry in the transcript.
  package let entry: Int
  /// The number of the entry that completed the message.
  package let lastEntry: Int
  package let direction: Transcript.Direction
  package let channel: UInt16
  /// `basic.publish`, `basic.deliver`, `basic.return` or `basic.get-ok`.
  package let method: String
  /// The arguments of the method.
  package let fields: JSONObject
  /// The properties whose flag is set.
  package let properties: JSONObject
  package let body: [UInt8]
  /// In how many frames the body came.
  package let bodyFrames: Int
}

extension WireMessage {
  /// The exchange it was published to.
  package var exchange: String { text("exchange") }
  package var routingKey: String { text("routing-key") }
  /// The arguments that not every method has: nil where it has none.
  package var mandatory: Bool? { fields["mandatory"]?.boolValue }
  package var immediate: Bool? { fields["immediate"]?.boolValue }
  package var redelivered: Bool? { fields["redelivered"]?.boolValue }
  package var consumerTag: String? { fields["consumer-tag"]?.stringValue }
  package var deliveryTag: UInt64? {
    // Beyond 2^63-1 an integer is written in a string.
    fields["delivery-tag"].flatMap { UInt64($0.stringValue ?? $0.description) }
  }

  private func text(_ field: String) -> String {
    fields[field].map { $0.stringValue ?? $0.description } ?? ""
  }
}

/// Content that is not, or not yet, a message.
package struct IncompleteMessage: Sendable, Hashable {
  /// The number of the method's entry in the transcript.
  package let entry: Int
  package let direction: Transcript.Direction
  package let channel: UInt16
  /// The name of the method.
  package let method: String
  /// The size in bytes that the header announced; nil if there was no header.
  package let bodySize: UInt64?
  /// How many bytes of the body came.
  package let received: Int
}

extension Transcript {
  /// The messages of a transcript, and what is left over.
  package struct Contents: Sendable, Hashable {
    /// Complete messages, in the order in which they were completed.
    package var messages: [WireMessage] = []
    /// Content that was broken off, by another method on its channel or by the end of the transcript.
    package var incomplete: [IncompleteMessage] = []
    /// The numbers of header and body frames that belong to no content, or say more than it holds.
    package var stray: [Int] = []
  }

  /// The frames put together to messages, each channel and direction for itself (§4.2.6: content frames of a channel
  /// follow one another, those of different channels may interleave).
  package var contents: Contents {
    var assembler = MessageAssembler()
    for entry in entries { assembler.add(entry) }
    return assembler.finish()
  }

  /// The complete messages, in the order in which they were completed.
  package var messages: [WireMessage] { contents.messages }
  /// Content that never became a message.
  package var incomplete: [IncompleteMessage] { contents.incomplete }
}
