internal import SyRPCWire
internal import WireTap

/// How connections are used and left, and recordings that are mixed up.
extension Mutation {
  static let connections: [Mutation] =
    Role.allCases.map { role in omits("not", role, fails: "connection.close", "connection.close") }
    + Role.allCases.map { role in
      sends("small", role, fails: "connection.frame-max", "connection.tune-ok") { unit, _ in
        unit.fields["frame-max"] = 4096
      }
    }
    + [
      sends("unknown-exchange", .putter, fails: "connection.exception", "basic.publish") { unit, _ in
        unit.fields["exchange"] = "syrpc-unknown"
      },
      sends("unknown-queue", .getter, fails: "connection.exception", "basic.consume") { unit, _ in
        unit.fields["queue"] = "syrpc-unknown"
      },
      edits("unknown-tag", .server, fails: "connection.exception", .toBroker, "basic.ack") { unit, _ in
        var unit = unit
        unit.fields["delivery-tag"] = 4711
        return .pass(unit)
      },
      trailing("without-frame-end", .putter, after: "basic.publish", [8, 0, 0, 0, 0, 0, 0, 0]),
      trailing("unknown-frame-type", .server, after: "basic.ack", [7, 0, 0, 0, 0, 0, 0, 0xCE]),
      trailing("stray-content", .getter, after: "basic.ack", [3, 0, 1, 0, 0, 0, 1, 0x20, 0xCE]),
      inTheGetters(.putter, fails: "publish.request"),
      inTheGetters(.server, fails: "publish.result"),
    ]

  /// What a role published stands in the getter's transcript, as if recordings had been mixed up: the getter is wrong too.
  private static func inTheGetters(_ role: Role, fails check: String) -> Mutation {
    Mutation(
      "in-another-transcript", role, fails: check, with: .getter,
      .record { evidence in
        evidence.roles.getter.conversations += evidence.roles[role].conversations
        evidence.roles[role].conversations = evidence.roles[role].conversations.map(\.withoutPublications)
      })
  }

  /// Bytes that are not AMQP, or belong nowhere.
  private static func trailing(_ label: String, _ role: Role, after method: String, _ bytes: [UInt8]) -> Mutation {
    edits(label, role, fails: "connection.frames", .toBroker, method) { unit, _ in
      var unit = unit
      unit.trailer = bytes
      return .pass(unit)
    }
  }
}

extension Conversation {
  /// As if nothing had been published on it.
  fileprivate var withoutPublications: Conversation {
    var transcript = transcript
    var publishes = false
    transcript.entries.removeAll { entry in
      guard entry.direction == .toBroker else { return false }
      if entry.frame.method != nil { publishes = entry.frame.method?.name == "basic.publish" }
      return publishes
    }
    return Conversation(transcript)
  }
}
