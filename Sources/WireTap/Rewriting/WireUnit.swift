package import SyRPCWire

/// What goes over a connection at a time: a method with all of the content that it carries, or any other frame.
///
/// It can be changed, and be written as frames again.
package struct WireUnit: Sendable {
  /// The method, such as `queue.declare`; empty for what is none.
  package let name: String
  package var channel: UInt16
  /// The arguments, in the notation of ``Frame/Method/fields``.
  package var fields: JSONObject = [:]
  /// The content's properties; nil if it carries none.
  package var properties: JSONObject?
  package var body: [UInt8] = []
  /// Frames that follow, as they are.
  package var trailer: [UInt8] = []

  private let id: UInt32
  /// The frames as they came; empty for one that was made up.
  let original: [UInt8]
  /// The largest payload among its body frames: the sender's frame-max allows as much.
  private let piece: Int

  /// A frame that is no method with content.
  init(_ frame: Frame) {
    name = frame.method?.name ?? ""
    id = frame.method?.id ?? 0
    channel = frame.channel
    fields = frame.method?.fields ?? [:]
    original = frame.raw
    piece = 0
  }

  /// A method, its header and its body frames.
  init(_ method: Frame, _ header: Frame.ContentHeader, raw: [UInt8], bodies: [ArraySlice<UInt8>]) {
    name = method.method?.name ?? ""
    id = method.method?.id ?? 0
    channel = method.channel
    fields = method.method?.fields ?? [:]
    properties = header.properties
    body = Array(bodies.joined())
    original = raw
    piece = bodies.map(\.count).max() ?? 0
  }

  /// The broker's answer, such as `queue.declare-ok`, to a method that it is not to see; nil if there is none.
  package var answer: WireUnit? {
    let arguments: JSONObject =
      switch name {
      case "queue.declare": ["queue": fields["queue"] ?? "", "message-count": 0, "consumer-count": 0]
      case "basic.cancel": ["consumer-tag": fields["consumer-tag"] ?? ""]
      default: [:]
      }
    return FieldType.replies["\(name)-ok"].map { WireUnit(reply: "\(name)-ok", id: $0, channel, arguments) }
  }

  /// A method that nobody sent.
  private init(reply name: String, id: UInt32, _ channel: UInt16, _ fields: JSONObject) {
    self.name = name
    self.id = id
    self.channel = channel
    self.fields = fields
    original = []
    piece = 0
  }

  /// The broker's confirmation of the publication with this number (RabbitMQ's publisher confirms).
  package func confirmation(_ number: Int64) -> WireUnit { settlement("basic.ack", ["delivery-tag": .integer(number)]) }

  /// An acknowledgement of what this one rejects.
  package var acknowledgement: WireUnit { settlement("basic.ack", ["delivery-tag": fields["delivery-tag"] ?? 0]) }

  /// A rejection of what this one acknowledges.
  package func rejection(requeue: Bool) -> WireUnit {
    settlement("basic.reject", ["delivery-tag": fields["delivery-tag"] ?? 0, "requeue": .bool(requeue)])
  }

  private func settlement(_ name: String, _ fields: JSONObject) -> WireUnit {
    var fields = fields
    if name == "basic.ack" { fields["multiple"] = false }
    return WireUnit(reply: name, id: FieldType.replies[name] ?? 0, channel, fields)
  }

  /// As frames: those that came, as long as it is like what came. What cannot be written stays what it was.
  func encoded(whenCame unit: WireUnit?) -> [UInt8] {
    if let unit, isLike(unit) { return original + trailer }
    return ((try? written()) ?? original) + trailer
  }

  private func isLike(_ other: WireUnit) -> Bool {
    channel == other.channel && fields == other.fields && properties == other.properties && body == other.body
  }

  private func written() throws(FieldEncoder.Unwritable) -> [UInt8] {
    guard let shape = FieldType.arguments[name] else { throw .init(reason: "\(name) is not written") }
    var arguments = FieldEncoder()
    for field in shape { try arguments.write(fields[field.name], field.name, as: field.type) }
    var frames = frame(.method, id.bigEndianBytes + arguments.bytes)
    guard let properties else { return frames }

    var values = FieldEncoder()
    var flags: UInt16 = 0
    for property in FieldType.properties where properties[property.name] != nil {
      flags |= 1 << property.flag
      try values.write(properties[property.name], property.name, as: property.type)
    }
    let head = UInt16(60).bigEndianBytes + UInt16(0).bigEndianBytes + UInt64(body.count).bigEndianBytes
    frames += frame(.header, head + flags.bigEndianBytes + values.bytes)
    var rest = body[...]
    while !rest.isEmpty {
      let next = rest.prefix(max(piece, 1024))
      frames += frame(.body, Array(next))
      rest = rest.dropFirst(next.count)
    }
    return frames
  }

  private func frame(_ type: Frame.Envelope, _ payload: [UInt8]) -> [UInt8] {
    [type.rawValue] + channel.bigEndianBytes + UInt32(payload.count).bigEndianBytes + payload + [FrameSplitter.frameEnd]
  }
}
