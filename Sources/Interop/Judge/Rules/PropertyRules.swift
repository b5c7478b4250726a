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
      guard let expected = evidence.expectedHeaders(role) else { return .inapplicable("there is no trace") }
      return .all(
        evidence.published(role), expected: expected, none: "nothing was published",
        { $0.property("headers") ?? "absent" }, { $0.property("headers")?.contains("traceparent") == true })
    },
    Rule(
      "properties.others", .required, [.putter, .server],
      "no other property is set: an expiration, say, would lose messages"
    ) { evidence, role in
      let demanded = evidence.topology.contract.properties.filter { !ownRule.contains($0.key) }
      func unexpected(_ message: Message) -> [String] {
        let names = Set(message.wire.properties.keys).union(demanded.keys).subtracting(ownRule).sorted()
        return names.filter { message.wire.properties[$0] != demanded[$0] }.map { name in
          demanded[name] == nil ? name : "\(name): \(message.property(name) ?? "absent")"
        }
      }
      return .all(
        evidence.published(role),
        expected: demanded.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
          .orNone,
        none: "nothing was published", { unexpected($0).joined(separator: ", ").orNone }, { unexpected($0).isEmpty })
    },
  ]

  /// The properties that have a rule of their own.
  private static let ownRule: Set<String> = [
    "content-type", "content-encoding", "delivery-mode", "correlation-id", "priority", "headers",
  ]

  /// A property is as the contract says; one that it does not name is absent.
  private static func property(_ name: String, _ level: Level, _ meaning: String) -> Rule {
    Rule("properties.\(name)", level, [.putter, .server], meaning) { evidence, role in
      let expected = evidence.topology.contract.properties[name]
      return .all(
        evidence.published(role), expected: expected?.text ?? "absent", none: "nothing was published",
        { $0.property(name) ?? "absent" }, { $0.wire.properties[name] == expected })
    }
  }
}

extension JSON {
  /// A property's value as it is shown.
  fileprivate var text: String { stringValue ?? description }
}

extension Evidence {
  /// The table of headers that a role was told to send, as text; nil for none.
  fileprivate func expectedHeaders(_ role: Role) -> String? {
    guard let trace = cell.scenario.trace, roles[role].identity?.features.contains(Scenario.traceFeature) == true
    else { return nil }
    let headers: JSON = ["traceparent": ["S": .string(trace)]]
    return headers.description
  }
}
