internal import SyRPCWire
internal import WireTap

extension Rule {
  static let payloadRules: [Rule] = [
    Rule("payload.request", .required, [.putter], "the request's data is the payload, as a value") { evidence, role in
      .data(of: evidence.published(role), is: evidence.value)
    },
    Rule("wire.request", .required, [.server], "the request is delivered as it was published, byte for byte") {
      evidence, role in
      .bodies(evidence.roles[role].delivered.map(\.message), among: evidence.roles.putter.published)
    },
    Rule("payload.seen", .required, [.server], "the server sees the payload, as a value, and the request type") {
      evidence, role in
      .all(
        evidence.roles[role].seen, expected: "echo \(evidence.payload.text.shortened())", none: "no request was seen",
        { "\($0.type) \($0.payload.shortened())" }
      ) { $0.type == "echo" && (try? JSON(exactly: $0.payload.utf8)) == evidence.value }
    },
    Rule("payload.result", .required, [.server], "the result's data is that of the request, as a value") {
      evidence, role in
      guard let request = evidence.roles[role].delivered.first?.message.data else {
        return .inapplicable("no request was delivered")
      }
      return .data(of: evidence.published(role), is: request)
    },
    Rule("wire.result", .required, [.getter], "the result is delivered as it was published, byte for byte") {
      evidence, role in
      .bodies(evidence.roles[role].delivered.map(\.message), among: evidence.roles.server.published)
    },
    Rule("payload.got", .required, [.getter], "the getter hands on the result's data, as a value") { evidence, role in
      let results = evidence.roles[role].results
      let delivered = evidence.roles[role].delivered.map(\.message)
      return .all(
        results, expected: delivered.first?.data?.shown ?? "nothing was delivered",
        none: "no result was got", { $0.payload.shortened() }
      ) { result in
        let value = try? JSON(exactly: result.payload.utf8)
        return delivered.contains { $0.resultID == result.resultID && $0.data == value }
      }
    },
  ]
}

extension Judgement {
  fileprivate static func data(of messages: [Message], is expected: JSON) -> Judgement {
    .all(
      messages.map { $0.data }, expected: expected.shown, none: "nothing was published",
      { $0?.shown ?? "no data" }, { $0 == expected })
  }

  fileprivate static func bodies(_ delivered: [Message], among published: [Message]) -> Judgement {
    .all(
      delivered, expected: published.map(\.shownBody).joined(separator: "; ").orNone, none: "nothing was delivered",
      \.shownBody
    ) { message in published.contains { $0.body == message.body } }
  }
}
