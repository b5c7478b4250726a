internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// Something that the broker sends: a method, with its content if it carries one.
struct ReplayEvent: Sendable {
  let channel: UInt16
  let method: String
  let fields: JSONObject
  /// The content as a value; nil if there is none, or if it is not JSON.
  let json: JSON?
  let body: [UInt8]?

  func text(_ field: String) -> String? { fields[field].map { $0.stringValue ?? $0.description } }
  func number(_ field: String) -> UInt64? { text(field).flatMap { UInt64($0) } }

  /// For people.
  var shown: String {
    let content = body.map { " \(String(decoding: $0.prefix(400), as: UTF8.self).shortened())" } ?? ""
    let tags = ["queue", "consumer-tag", "reply-code", "reply-text"].compactMap { name in
      text(name).map { "\(name) \($0)" }
    }
    return (["\(method) on channel \(channel)"] + tags).joined(separator: ", ") + content
  }
}

/// Makes events of frames.
struct ReplayEvents {
  private var assembler = MessageAssembler()
  private var count = 0

  /// The event that a frame from the broker completes; nil if it completes none.
  mutating func add(_ frame: Frame) -> ReplayEvent? {
    count += 1
    let entry = Transcript.Entry(number: count, milliseconds: 0, direction: .fromBroker, frame: frame)
    if let message = assembler.add(entry) {
      return ReplayEvent(
        channel: message.channel, method: message.method, fields: message.fields,
        json: try? JSON(exactly: message.body), body: message.body)
    }
    guard let method = frame.method, !MessageAssembler.carriers.contains(method.name) else { return nil }
    return ReplayEvent(channel: frame.channel, method: method.name, fields: method.fields, json: nil, body: nil)
  }
}
