internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// A recorded connection as steps that can be compared with another's: the names of its application are replaced by what
/// they stand for.
struct ConversationSteps {
  struct Step {
    let frame: Int
    let channel: UInt16
    let name: String
    /// What it is about: `result queue`, `request`.
    let subject: String
    let fields: JSONObject
    /// Of a message.
    var properties: JSONObject?
    var body: [UInt8] = []
    var bodyFrames = 0
    /// Of a message: which call of the recording it belongs to.
    var call: Substring = ""
    let raw: [UInt8]
    /// The frame that has the properties.
    var header: [UInt8] = []

    /// What has to agree for two steps to be the same one.
    var signature: String { "\(name) \(subject)" }

    /// Why the broker or the program closes; nil of anything else.
    var reason: String? {
      guard let code = fields["reply-code"]?.integerValue else { return nil }
      return "\(code) \(fields["reply-text"]?.stringValue ?? "")"
    }
  }

  private(set) var sent: [Step] = []
  private(set) var received: [Step] = []
  private let appName: String?

  init(_ transcript: Transcript) {
    let settings = try? RecordedSettings(transcript.head, "")
    appName = settings?.appName
    let messages = Dictionary(transcript.messages.map { ($0.entry, $0) }) { first, _ in first }
    for entry in transcript.entries {
      guard let method = entry.frame.method else { continue }
      let step: Step
      if let message = messages[entry.number] {
        step = self.step(entry, message, header: transcript.entries.dropFirst(entry.number + 1).first?.frame.raw ?? [])
      } else {
        step = Step(
          frame: entry.number, channel: entry.frame.channel, name: method.name, subject: subject(method),
          fields: general(method.fields), raw: entry.frame.raw)
      }
      if entry.direction == .toBroker { sent.append(step) } else { received.append(step) }
    }
  }

  private func step(_ entry: Transcript.Entry, _ message: WireMessage, header: [UInt8]) -> Step {
    let json = try? JSON(exactly: message.body)
    let id = json?["result_id"]?.stringValue ?? ""
    var body = message.body
    if !id.isEmpty { body.replace(Array(id.utf8), with: Array(GoldenMessages.mask.utf8)) }
    let properties = message.properties.map { key, value in
      let text = value.stringValue
      return (key, text == nil ? value : text == id ? "{result_id}" : text == message.routingKey ? "{index}" : value)
    }
    return Step(
      frame: entry.number, channel: message.channel, name: message.method,
      subject: json?["type"] != nil ? "request" : json?["data"] != nil ? "result" : "message",
      fields: general(message.fields), properties: JSONObject(properties), body: body, bodyFrames: message.bodyFrames,
      call: RecordedIDs.call(of: id), raw: entry.frame.raw, header: header)
  }

  private func subject(_ method: Frame.Method) -> String {
    let queue = method.fields["queue"]?.stringValue
    let name = general(queue ?? method.fields["exchange"]?.stringValue ?? "")
    switch (name, queue != nil) {
    case ("", _): return ""
    case ("{app_name}_request", true): return "request queue"
    case ("{app_name}_result_queue_{index}", true): return "result queue"
    case ("{app_name}_request", false): return "request exchange"
    case ("{app_name}_result_exchange", false): return "result exchange"
    case (_, true): return "queue \(name)"
    case (_, false): return "exchange \(name)"
    }
  }

  private func general(_ fields: JSONObject) -> JSONObject {
    JSONObject(
      fields.map { key, value in
        guard let text = value.stringValue else { return (key, value) }
        if key == "routing-key", Int(text) != nil { return (key, "{index}") }
        return (key, .string(general(text)))
      })
  }

  private func general(_ name: String) -> String {
    guard let appName, !appName.isEmpty, name.hasPrefix(appName) else { return name }
    let rest = name.dropFirst(appName.count)
    let queue = "_result_queue_"
    let isIndexed = rest.hasPrefix(queue) && Int(rest.dropFirst(queue.count)) != nil
    return "{app_name}" + (isIndexed ? queue + "{index}" : rest)
  }
}
