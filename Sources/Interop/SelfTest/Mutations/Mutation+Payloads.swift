internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Messages that are delivered otherwise than they were published, and programs that make something else of them.
extension Mutation {
  static let payloads: [Mutation] = [
    delivered("spaced", .server, fails: "wire.request") { $0.body.append(UInt8(ascii: " ")) },
    delivered("value-changed", .server, fails: "wire.request") { $0.replace("hello", with: "Hello") },
    delivered("spaced", .getter, fails: "wire.result") { $0.body.append(UInt8(ascii: " ")) },
    delivered("value-changed", .getter, fails: "wire.result") { $0.replace("hello", with: "Hello") },
    adapter("value-changed", .server, fails: "payload.seen", .changePayload),
    adapter("type-changed", .server, fails: "payload.seen", .changeType),
    adapter("id-changed", .server, fails: "payload.seen", .changeID),
    adapter("value-changed", .getter, fails: "payload.got", .changePayload),
    adapter("number-as-string", .getter, fails: "payload.got", payload: "integer", .quotePayload),
    adapter("id-changed", .putter, fails: "json.result-id", .changeID),
    adapter("id-changed", .getter, fails: "outcome.get", .changeID),
  ]

  private static func delivered(
    _ label: String, _ role: Role, fails check: String, _ edit: @escaping @Sendable (inout WireUnit) -> Void
  ) -> Mutation {
    edits(label, role, fails: check, .fromBroker, "basic.deliver") { unit, _ in
      var unit = unit
      edit(&unit)
      return .pass(unit)
    }
  }

  static func adapter(
    _ label: String, _ role: Role, fails check: String, in scenario: Scenario = .echo, payload: String = "hello",
    _ defect: AdapterDefect.Kind, at operation: String? = nil
  ) -> Mutation {
    let usual: [Role: String] = [.putter: "put_request", .server: "serve", .getter: "get_result"]
    return Mutation(
      label, role, fails: check, in: scenario, payload: payload,
      .adapter(AdapterDefect(defect, at: operation ?? usual[role] ?? "")))
  }
}
