package import Foundation
package import SyRPCWire
package import WireTap

/// One connection's transcript, sorted for judging.
package struct Conversation: Sendable {
  /// A method that a peer or the broker sent.
  package struct Step: Sendable {
    /// Its place in the transcript.
    package let entry: Int
    package let channel: UInt16
    package let name: String
    package let fields: JSONObject
    /// When the tap passed it on; nil where nobody noted when the connection was made.
    package let moment: Date?

    package func text(_ field: String) -> String { fields[field]?.stringValue ?? "" }
    package func flag(_ field: String) -> Bool { fields[field]?.boolValue ?? false }
    package func number(_ field: String) -> UInt64? {
      fields[field].flatMap { UInt64($0.stringValue ?? $0.description) }
    }
  }

  package let transcript: Transcript
  /// Its messages, and what never became one.
  package let contents: Transcript.Contents
  /// What the peer sent.
  package let sent: [Step]
  /// What the broker sent.
  package let received: [Step]
  package let published: [Message]
  /// What the broker gave back, since it reached no queue.
  package let returned: [Message]
  package let delivered: [Message]

  package init(_ transcript: Transcript) {
    var reader = TextReader()
    self.init(transcript, &reader)
  }

  /// - Parameters:
  ///   - transcript: the connection's frames.
  ///   - reader: what has read the bodies of the other conversations of the cell.
  package init(_ transcript: Transcript, _ reader: inout TextReader) {
    self.transcript = transcript
    let started = transcript.head.started.flatMap { try? Self.style.parse($0) }
    func moment(_ entry: Int) -> Date? {
      guard transcript.entries.indices.contains(entry) else { return nil }
      return started?.addingTimeInterval(transcript.entries[entry].milliseconds / 1000)
    }
    func steps(_ direction: Transcript.Direction) -> [Step] {
      transcript.entries.compactMap { entry in
        guard entry.direction == direction, let method = entry.frame.method else { return nil }
        return Step(
          entry: entry.number, channel: entry.frame.channel, name: method.name, fields: method.fields,
          moment: moment(entry.number))
      }
    }
    sent = steps(.toBroker)
    received = steps(.fromBroker)
    let closing = sent.first { $0.name == "channel.close" || $0.name == "connection.close" }
    var settled: [Key: [Settlement]] = [:]
    var multiples: [(channel: UInt16, tag: UInt64, settlement: Settlement)] = []
    for step in sent {
      let isClosing = closing.map { $0.entry < step.entry } ?? false
      guard let settlement = Self.settlement(step, isClosing: isClosing), let tag = step.number("delivery-tag") else {
        continue
      }
      settled[Key(channel: step.channel, tag: tag), default: []].append(settlement)
      if settlement.multiple { multiples.append((step.channel, tag, settlement)) }
    }
    self.settled = settled
    self.multiples = multiples
    contents = transcript.contents
    let messages = contents.messages
    func read(_ names: String...) -> [Message] {
      messages.filter { names.contains($0.method) }.map { Message($0, moment($0.entry), &reader) }
    }
    published = read("basic.publish")
    returned = read("basic.return")
    delivered = read("basic.deliver", "basic.get-ok")
  }

  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  /// The method that started the consumer to which a message was delivered; nil if it was got by basic.get.
  package func consumer(of message: Message) -> Step? {
    let consumers = Array(zip(sent("basic.consume"), received.filter { $0.name == "basic.consume-ok" }))
    return consumers.last { $1.text("consumer-tag") == message.consumerTag && $0.entry < message.entry }?.0
  }

  package func sent(_ name: String) -> [Step] { sent.filter { $0.name == name } }

  /// How a delivery was settled: by nothing, once, or more than once.
  package func settlements(of delivery: Message) -> [Settlement] {
    guard let tag = delivery.deliveryTag else { return [] }
    var made = (settled[Key(channel: delivery.channel, tag: tag)] ?? []).filter { $0.entry > delivery.entry }
    // With `multiple`, what is settled already is left out (AMQP 0-9-1, basic.ack).
    let several = multiples.first {
      $0.channel == delivery.channel && ($0.tag == 0 || $0.tag > tag) && $0.settlement.entry > delivery.entry
    }?.settlement
    if let several, made.first.map({ $0.entry > several.entry }) ?? true { made.insert(several, at: 0) }
    return made
  }

  // A consumer that rejects in a tight loop makes tens of thousands: each must be found without looking at all.
  private struct Key: Hashable {
    let channel: UInt16
    let tag: UInt64
  }
  private let settled: [Key: [Settlement]]
  private let multiples: [(channel: UInt16, tag: UInt64, settlement: Settlement)]

  private static func settlement(_ step: Step, isClosing: Bool) -> Settlement? {
    func settlement(_ kind: Settlement.Kind) -> Settlement {
      Settlement(
        kind: kind, multiple: step.flag("multiple"), isClosing: isClosing, entry: step.entry, moment: step.moment)
    }
    return switch step.name {
    case "basic.ack": settlement(.ack)
    case "basic.reject", "basic.nack": settlement(step.flag("requeue") ? .requeue : .discard)
    default: nil
    }
  }

  /// What a consumer did with a delivery.
  package struct Settlement: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
      case ack
      case requeue = "reject with requeue"
      case discard = "reject without requeue"
    }
    package let kind: Kind
    package let multiple: Bool
    /// Whether that was when it had begun to close.
    package let isClosing: Bool
    /// The place of the method in the transcript.
    package let entry: Int
    /// When the tap passed it on; nil where nobody noted when the connection was made.
    package let moment: Date?

    package var description: String {
      kind.rawValue + (multiple ? " (multiple)" : "") + (isClosing ? " as it closes" : "")
    }
  }
}
