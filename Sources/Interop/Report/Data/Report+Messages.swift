package import InteropModel
internal import SyRPCWire

extension Report {
  /// What a peer published for a payload, byte for byte with the result id masked.
  package struct Message: Sendable, Hashable {
    package let peer: String
    package let kind: GoldenMessages.Kind
    package let payload: String
    /// Of a result: who had put the requests that it was the answer to; nil for a request.
    package let putters: [String]?
    package let content: Content

    package enum Content: Sendable, Hashable {
      case always(GoldenMessages.Body)
      /// The peer does not always publish the same bytes.
      case varying
    }
  }

  /// What ``messages`` say, by what each is of.
  package var contents: [MessageKey: Message.Content] {
    var seen = SeenMessages()
    for message in messages { seen.note(message) }
    return seen.contents
  }

  /// What a message is of.
  package struct MessageKey: Sendable, Hashable {
    package let peer: String
    package let kind: GoldenMessages.Kind
    package let payload: String
    /// Of a result.
    package let putter: String?
  }
}

/// Collects messages: each content once.
struct SeenMessages {
  private(set) var contents: [Report.MessageKey: Report.Message.Content] = [:]

  mutating func note(_ content: Report.Message.Content, of key: Report.MessageKey) {
    let before = contents[key] ?? content
    contents[key] = before == content ? content : .varying
  }

  mutating func note(_ message: Report.Message) {
    for putter in message.putters.map({ $0.map(Optional.some) }) ?? [nil] {
      note(
        message.content,
        of: Report.MessageKey(peer: message.peer, kind: message.kind, payload: message.payload, putter: putter))
    }
  }

  /// Sorted, so that it does not matter in which order they came.
  var messages: [Report.Message] {
    struct Group: Hashable {
      let peer: String
      let kind: GoldenMessages.Kind
      let payload: String
      let content: Report.Message.Content
    }
    let groups = Dictionary(grouping: contents) { key, content in
      Group(peer: key.peer, kind: key.kind, payload: key.payload, content: content)
    }
    return groups.map { group, members in
      Report.Message(
        peer: group.peer, kind: group.kind, payload: group.payload,
        putters: group.kind == .request ? nil : members.compactMap(\.key.putter).sorted(), content: group.content)
    }.sorted {
      ($0.peer, $0.payload, $0.kind.rawValue, $0.putters?.first ?? "")
        < ($1.peer, $1.payload, $1.kind.rawValue, $1.putters?.first ?? "")
    }
  }
}

extension Report.Message: Codable {
  package init(from decoder: any Decoder) throws {
    let members = try JSONObject(from: decoder)
    func complaint(_ what: String) -> DecodingError {
      .dataCorrupted(DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "it has no \(what)"))
    }
    func text(_ key: String) throws -> String {
      guard let text = members[key]?.stringValue else { throw complaint("\"\(key)\"") }
      return text
    }
    guard let kind = GoldenMessages.Kind(rawValue: try text("kind")) else { throw complaint("\"kind\"") }
    let content: Content
    if members["varies"] == true {
      content = .varying
    } else if let body = GoldenMessages.Body(.object(members)) {
      content = .always(body)
    } else {
      throw complaint("body")
    }
    let putters = members["putters"]?.arrayValue?.compactMap(\.stringValue)
    guard (putters == nil) == (kind == .request) else { throw complaint("\"putters\", or is a request") }
    self.init(peer: try text("peer"), kind: kind, payload: try text("payload"), putters: putters, content: content)
  }

  package func encode(to encoder: any Encoder) throws {
    var members: JSONObject = [
      "peer": .string(peer), "kind": .string(kind.rawValue), "payload": .string(payload),
    ]
    members["putters"] = putters.map { .array($0.map(JSON.string)) }
    switch content {
    case .always(let body): for (key, value) in body.members { members[key] = value }
    case .varying: members["varies"] = true
    }
    try members.encode(to: encoder)
  }
}
