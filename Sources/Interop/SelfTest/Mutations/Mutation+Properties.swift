internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// The properties of messages.
extension Mutation {
  static let properties: [Mutation] = [Role.putter, .server].flatMap { role -> [Mutation] in
    [
      property("missing", role, "content-type", nil), property("text", role, "content-type", "text/json"),
      property("with-charset", role, "content-type", "application/json; charset=utf-8"),
      property("missing", role, "content-encoding", nil), property("upper-case", role, "content-encoding", "UTF-8"),
      property("latin-1", role, "content-encoding", "iso-8859-1"),
      property("transient", role, "delivery-mode", 1), property("missing", role, "delivery-mode", nil),
      property("set", role, "correlation-id", "17"), property("set", role, "priority", 4),
      property("set", role, "headers", ["version": ["I": 2]]),
      property("expiration", role, fails: "properties.others", "expiration", "60000"),
      property("reply-to", role, fails: "properties.others", "reply-to", "amq.rabbitmq.reply-to"),
      property("timestamp", role, fails: "properties.others", "timestamp", 1_600_000_000),
      property("message-id", role, fails: "properties.others", "message-id", "1"),
      property("type", role, fails: "properties.others", "type", "echo"),
      property("app-id", role, fails: "properties.others", "app-id", "syrpc"),
      sends("lost", role, fails: "trace.context", in: .traced, "basic.publish") { unit, _ in
        // One that does not trace may have others.
        if unit.properties?["headers"]?["traceparent"] != nil { unit.properties?["headers"] = nil }
      },
    ]
  }

  private static func property(
    _ label: String, _ role: Role, fails check: String? = nil, _ name: String, _ value: JSON?
  ) -> Mutation {
    sends(label, role, fails: check ?? "properties.\(name)", "basic.publish") { unit, _ in
      unit.properties?[name] = value
    }
  }
}
