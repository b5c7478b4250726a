internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let framingRules: [Rule] = [
    Rule(
      "json.encoding", .required, [.putter, .server],
      "the body is strict UTF-8 without a byte order mark, printed and encoded as the contract says"
    ) { evidence, role in
      let format = evidence.topology.contract.part(.published(by: role)).body
      return .all(
        evidence.published(role), expected: format.shown, none: "nothing was published",
        { format.shown(of: $0) }, { format.shown(of: $0) == format.shown })
    },
    framing("json.document", "the body is one JSON object and nothing else", expected: "an object") { message in
      message.json?.kind ?? message.text.problem ?? "nothing"
    },
    Rule(
      "json.keys", .required, [.putter, .server],
      "a request has exactly result_id, type and data; a result exactly result_id and data; no key twice"
    ) { evidence, role in
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      let part = evidence.topology.contract.part(.published(by: role))
      return .all(
        evidence.published(role), expected: part.shownKeys, none: "nothing was published", \.keys,
        { part.allowsKeys(of: $0) })
    },
    Rule("json.types", .required, [.putter, .server], "result_id and type are strings") { evidence, role in
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      let typed = evidence.topology.contract.part(.published(by: role)).fields.filter { $0.type != .any }
      return .all(
        evidence.published(role).flatMap { message in
          typed.compactMap { field in message.json?[field.name].map { (field: field, value: $0) } }
        }, expected: typed.map(\.type.shown).uniqued().joined(separator: "; "), none: "nothing was published",
        subject: \.field.name, { $0.value.isExactNumber ? "a number" : $0.value.kind },
        { $0.field.type.includes($0.value) })
    },
    Rule(
      "json.result-id", .required, [.putter],
      "each request has a result id of its own, a lower-case hyphenated UUIDv4, as the putter says"
    ) { evidence, role in
      let ids = evidence.published(role).map { $0.resultID ?? "none" }
      return .all(
        evidence.published(role), expected: "a UUIDv4 each: \(evidence.resultIDs.joined(separator: ", "))",
        none: "nothing was published", { $0.resultID ?? "none" }
      ) { message in
        let id = message.resultID ?? "none"
        return id.isUUIDv4 && evidence.resultIDs.contains(id) && ids.filter { $0 == id }.count == 1
      }
    },
    Rule("json.result-id-kept", .required, [.server], "the result has the id of the request") { evidence, role in
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      return .all(
        evidence.published(role), expected: evidence.deliveredRequestIDs.joined(separator: ", ").orNone,
        none: "nothing was published", { $0.resultID ?? "none" }
      ) { message in message.resultID.map(evidence.deliveredRequestIDs.contains) ?? false }
    },
    Rule("json.type", .required, [.putter], "the request type is as given, without the white space around it") {
      evidence, role in
      .all(
        evidence.published(role).filter { $0.type != nil },
        expected: evidence.cell.scenario.requestTypes.map(\.trimmed.debugDescription).joined(separator: ", then "),
        none: "nothing was published", { $0.type?.debugDescription ?? "" }
      ) { message in
        // An id that nobody knows is another check's affair.
        let call = evidence.resultIDs.firstIndex { $0 == message.resultID } ?? 0
        return message.type?.utf8.elementsEqual(evidence.cell.scenario.requestType(of: call).trimmed.utf8) ?? false
      }
    },
  ]

  private static func framing(
    _ id: String, _ meaning: String, expected: String, _ observe: @escaping @Sendable (Message) -> String
  ) -> Rule {
    Rule(id, .required, [.putter, .server], meaning) { evidence, role in
      .all(
        evidence.published(role), expected: expected, none: "nothing was published", observe,
        { observe($0) == expected })
    }
  }
}

extension GoldenMessages.Kind {
  /// What a role publishes.
  static func published(by role: Role) -> GoldenMessages.Kind { role == .putter ? .request : .result }
}

extension Message {
  /// The keys in alphabetical order, a repeated one as often as it stands there.
  fileprivate var keys: String {
    guard let keys = json?.objectValue?.keys.sorted() else { return "no object" }
    let list = keys.map { $0 }.joined(separator: ", ")
    return text.repeatsKey ? "\(list), one of them twice" : list
  }
}

extension String {
  /// 8-4-4-4-12 lower-case hexadecimal digits, version 4, variant 1 (RFC 4122).
  var isUUIDv4: Bool {
    guard utf8.count == 36 else { return false }
    return utf8.enumerated().allSatisfy { position, byte in
      switch position {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      case 14: byte == UInt8(ascii: "4")
      case 19: "89ab".utf8.contains(byte)
      default: "0123456789abcdef".utf8.contains(byte)
      }
    }
  }
}
