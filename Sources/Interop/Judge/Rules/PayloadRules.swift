internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let payloadRules: [Rule] = [
    Rule("payload.request", .required, [.putter], "the request's data is the payload, as a value") { evidence, role in
      .data(of: evidence.published(role)) { evidence.call($0.resultID)?.value }
    },
    Rule("wire.request", .required, [.server], "the request is delivered as it was published, byte for byte") {
      evidence, role in
      .bodies(evidence.delivered(role), among: evidence.roles.putter.published)
    },
    Rule(
      "payload.seen", .required, [.server], "the server hands on the request's data, as a value, and the request type"
    ) { evidence, role in
      let delivered = evidence.roles[role].delivered.map(\.message)
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      return .all(
        evidence.roles[role].seen,
        expected: delivered.map { "\($0.type ?? "no type") \($0.data?.shown ?? "no data")" }
          .uniqued().joined(separator: "; ").orNone,
        none: "no request was seen", { "\($0.request.type) \($0.request.payload.shortened())" }
      ) { seen in
        delivered.contains { message in
          message.resultID == seen.request.resultID && message.data == seen.text.json
            // Servers may take off the white space that a putter should have.
            && message.type.map { $0.trimmed.utf8.elementsEqual(seen.request.type.trimmed.utf8) } ?? false
        }
      }
    },
    Rule("payload.result", .required, [.server], "the result's data is that of the request, as a value") {
      evidence, role in
      let requests = evidence.roles[role].delivered.map(\.message)
      guard !requests.isEmpty else { return .inapplicable("no request was delivered") }
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      guard !evidence.hasRefused(requests) else {
        return .inapplicable("it refused the request, and answered with an exception: its outcome says why")
      }
      return .data(of: evidence.published(role)) { result in
        (requests.first { $0.resultID == result.resultID } ?? requests[0]).data
      }
    },
    Rule("wire.result", .required, [.getter], "the result is delivered as it was published, byte for byte") {
      evidence, role in
      .bodies(evidence.delivered(role), among: evidence.roles.server.published)
    },
    Rule("payload.got", .required, [.getter], "the getter hands on the result's data, as a value") { evidence, role in
      let results = evidence.roles[role].results
      let delivered = evidence.roles[role].delivered.map(\.message)
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      return .all(
        results, expected: delivered.first?.data?.shown ?? "nothing was delivered",
        none: "no result was got", { $0.payload.shortened() }
      ) { result in
        delivered.contains { $0.resultID == result.resultID && $0.data == result.text.json }
      }
    },
  ]
}

extension Evidence {
  /// Whether the server answered with an exception what it says that it cannot read.
  fileprivate func hasRefused(_ requests: [Message]) -> Bool {
    roles.server.hasFailed(at: "serve")
      && published(.server).allSatisfy { result in
        result.data?.objectValue?["exception"] != nil
          || requests.contains { $0.resultID == result.resultID && $0.data == result.data }
      }
  }
}

extension Judgement {
  /// Each message's data is what `expected` says of it.
  fileprivate static func data(of messages: [Message], is expected: (Message) -> JSON?) -> Judgement {
    .all(
      messages, expected: messages.compactMap { expected($0)?.shown }.uniqued().joined(separator: "; ").orNone,
      none: "nothing was published", { $0.data?.shown ?? "no data" }, { $0.data == expected($0) && $0.data != nil })
  }

  fileprivate static func bodies(_ delivered: [Message], among published: [Message]) -> Judgement {
    guard !published.isEmpty else { return .inapplicable("nothing was published by whom it should be") }
    return .all(
      delivered, expected: published.map(\.shownBody).joined(separator: "; ").orNone, none: "nothing was delivered",
      \.shownBody
    ) { message in published.contains { $0.body == message.body } }
  }
}
