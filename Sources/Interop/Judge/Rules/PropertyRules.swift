internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let propertyRules: [Rule] = [
    property("content-type", .required, "content_type is that of JSON"),
    property("content-encoding", .required, "content_encoding is utf-8"),
    property("delivery-mode", .recommended, "messages are persistent: they survive a restart of the broker"),
    property("correlation-id", .informational, "correlation_id is absent; nobody reads it"),
    property("priority", .informational, "priority is absent; the queues have no priorities"),
    Rule(
      "properties.headers", .informational, [.putter, .server],
      "headers are absent, or hold the context of a trace; others ignore them"
    ) { evidence, role in
      let expected = evidence.expectedHeaders(role)
      return .all(
        evidence.published(role), expected: expected ?? "absent", none: "nothing was published",
        { $0.property("headers") ?? "absent" }, { $0.property("headers") == expected })
    },
    Rule(
      "trace.context", .recommended, [.putter, .server],
      "a message has the context of the trace, where its sender says that it traces"
    ) { evidence, role in
      guard evidence.cell.scenario.trace != nil, let expected = evidence.expectedHeaders(role) else {
        return .inapplicable("there is no trace")
      }
      return .all(
        evidence.published(role), expected: expected, none: "nothing was published",
        { $0.property("headers") ?? "absent" }, { $0.property("headers")?.contains("traceparent") == true })
    },
    Rule(
      "properties.others", .required, [.putter, .server],
      "no other property is set: an expiration, say, would lose messages"
    ) { evidence, role in
      let marks = evidence.topology.contract.part(.published(by: role)).marks
      let demanded = marks.properties.filter { !required.contains($0.key) }
      func unexpected(_ message: Message) -> [String] {
        let filling = evidence.filling(message, role)
        let names = Set(message.wire.properties.keys).subtracting(ownRule).union(demanded.keys).sorted()
        let headers = message.wire.properties["headers"]
        return names.filter { name in
          let value = message.wire.properties[name]
          return !(demanded[name]?.allows(value, filling) ?? (value == nil))
        }.map { demanded[$0] == nil ? $0 : "\($0): \(message.property($0) ?? "absent")" }
          + marks.headers.sorted { $0.key < $1.key }.filter { !$1.allows(headers?[$0]?.untagged, filling) }
          .map { "header \($0.key): \(headers?[$0.key]?.untagged.text ?? "absent")" }
      }
      let first = evidence.published(role).first.map { evidence.filling($0, role) } ?? MessageMarks.Filling([:])
      let expected =
        demanded.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.value(first).text)" }
        + marks.headers.sorted { $0.key < $1.key }.map { "header \($0.key): \($0.value.value(first).text)" }
      return .all(
        evidence.published(role), expected: expected.joined(separator: ", ").orNone,
        none: "nothing was published", { unexpected($0).joined(separator: ", ").orNone }, { unexpected($0).isEmpty })
    },
  ]

  /// The properties that have a rule of their own; of these, those that weigh as much as others that a contract demands.
  private static let ownRule = required.union(["correlation-id", "priority", "headers"])
  private static let required: Set<String> = ["content-type", "content-encoding", "delivery-mode"]

  /// A property is as the contract says; one that it does not name is absent.
  private static func property(_ name: String, _ level: Level, _ meaning: String) -> Rule {
    Rule("properties.\(name)", level, [.putter, .server], meaning) { evidence, role in
      let mark = evidence.topology.contract.part(.published(by: role)).marks.properties[name]
      let first = evidence.published(role).first.map { evidence.filling($0, role) } ?? MessageMarks.Filling([:])
      return .all(
        evidence.published(role), expected: mark?.value(first).text ?? "absent", none: "nothing was published",
        { $0.property(name) ?? "absent" }
      ) { message in
        let value = message.wire.properties[name]
        return mark?.allows(value, evidence.filling(message, role)) ?? (value == nil)
      }
    }
  }
}

extension JSON {
  /// A property's value as it is shown.
  fileprivate var text: String { stringValue ?? description }

  /// The value of a table's entry, without its type's tag.
  fileprivate var untagged: JSON { objectValue?.first?.value ?? self }
}

extension Evidence {
  /// The table of headers that a role has to send, as text; nil for none. One that the contract demands may be of any tag
  /// that fits.
  fileprivate func expectedHeaders(_ role: Role) -> String? {
    let isTraced = roles[role].identity?.features.contains(Scenario.traceFeature) == true
    var headers: JSONObject = [:]
    headers["traceparent"] = isTraced ? cell.scenario.trace.map { ["S": .string($0)] } : nil
    let demanded = topology.contract.part(.published(by: role)).marks.headers.keys
    for name in demanded.sorted() {
      headers[name] = published(role).first?.wire.properties["headers"]?[name]
    }
    return headers.isEmpty ? nil : JSON.object(headers).description
  }

  /// What the placeholders of properties and headers stand for in a message that a role published.
  fileprivate func filling(_ message: Message, _ role: Role) -> MessageMarks.Filling {
    let id = message.resultID ?? ""
    return MessageMarks.Filling([
      "app_name": topology.appName, "result_id": id, "type": message.type ?? "",
      "index": String(topology.resultQueueIndex(for: id)),
      "codec": topology.contract.part(.published(by: role)).body.codec(forSize: message.content.count).rawValue,
    ])
  }
}
