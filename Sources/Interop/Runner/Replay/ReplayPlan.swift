internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// What the live side has to do for a recording to fit: drawn from the recording itself.
struct ReplayPlan {
  struct Request {
    let resultID: String
    let type: String
    let call: Evidence.Call
  }

  /// Requests that the recorded server had at a time, and those of them that it answered.
  struct Batch {
    var requests: [Request] = []
    var answered: [String] = []
  }

  /// All requests of the recording, in order.
  let requests: [Request]
  /// As the recorded server got and answered them; empty for a client.
  let batches: [Batch]
  /// The requests of which the recorded client saw results, in the order in which it put them; empty for a server.
  let answered: [String]
  /// The results that the recorded client acknowledged, in order.
  let acknowledged: [String]

  init(_ recorded: RecordedConversation) {
    let conversation = Conversation(recorded.transcript)
    switch recorded.side {
    case .client:
      requests = conversation.published.compactMap(Request.init)
      let seen = Set(conversation.delivered.compactMap(\.resultID))
      answered = requests.map(\.resultID).filter(seen.contains)
      batches = []
    case .server:
      requests = conversation.delivered.compactMap(Request.init)
      answered = []
      batches = Self.batches(conversation)
    }
    acknowledged = conversation.delivered.compactMap { message in
      conversation.settlements(of: message).contains { $0.kind == .ack } ? message.resultID : nil
    }
  }

  /// A server that has answered something has got all the requests that came with it.
  private static func batches(_ conversation: Conversation) -> [Batch] {
    var batches = [Batch()]
    for message in (conversation.delivered + conversation.published).sorted(by: { $0.entry < $1.entry }) {
      if message.method == "basic.deliver", let request = Request(message) {
        if !(batches.last?.answered.isEmpty ?? true) { batches.append(Batch()) }
        batches[batches.count - 1].requests.append(request)
      } else if message.method == "basic.publish", let id = message.resultID {
        batches[batches.count - 1].answered.append(id)
      }
    }
    return batches
  }
}

extension ReplayPlan.Request {
  /// The request that a message carries; nil if it carries none.
  init?(_ message: Message) {
    guard let id = message.resultID, let type = message.json?["type"]?.stringValue, let data = message.data,
      let text = try? data.encoded()
    else { return nil }
    self.init(resultID: id, type: type, call: .init(text: String(decoding: text, as: UTF8.self), value: data))
  }
}
