internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// Recordings that do not fit what happens, or are not played as they were recorded.
extension Mutation {
  static let recordings: [Mutation] = [
    replayed("message-changed", .server, fails: "replay.fits", .fromBroker, "basic.deliver") { unit in
      unit.replace("\"type\"", with: "\"Type\"")
    },
    replayed("message-changed", .getter, fails: "replay.fits", .fromBroker, "basic.deliver") { unit in
      unit.replace("\"data\"", with: "\"Data\"")
    },
    replayed("property-changed", .server, fails: "replay.bytes", .toBroker, "basic.publish") { unit in
      unit.properties?["content-type"] = "text/json"
    },
    replayed("property-changed", .putter, fails: "replay.bytes", .toBroker, "basic.publish") { unit in
      unit.properties?["content-type"] = "text/json"
    },
  ]

  private static func replayed(
    _ label: String, _ role: Role, fails check: String, _ direction: Transcript.Direction, _ method: String,
    _ edit: @escaping @Sendable (inout WireUnit) -> Void
  ) -> Mutation {
    Mutation(
      label, role, fails: check,
      .replay(
        changing { unit, from, _ in
          guard from == direction, unit.name == method else { return .pass(unit) }
          var unit = unit
          edit(&unit)
          return .pass(unit)
        }))
  }
}
