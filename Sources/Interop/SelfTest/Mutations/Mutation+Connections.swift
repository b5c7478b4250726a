internal import InteropModel
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
    + Role.allCases.map(leaves)
    + Role.allCases.map { role in
      sends("another", role, fails: "connection.virtual-host", "connection.open") { unit, _ in
        unit.fields["virtual-host"] = "syrpc-unknown"
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
      // basic.recover-async with requeue, and queue.purge of the queue that was declared last, without an answer.
      trailing(
        "recovers", .server, fails: "connection.methods", after: "basic.ack",
        [1, 0, 1, 0, 0, 0, 5, 0, 60, 0, 100, 1, 0xCE]),
      trailing(
        "purges", .putter, fails: "connection.methods", after: "queue.bind",
        [1, 0, 1, 0, 0, 0, 8, 0, 50, 0, 30, 0, 0, 0, 1, 0xCE]),
      binding("binds-exchanges", .getter, after: "queue.bind"),
      trailing("stray-content", .getter, after: "basic.ack", [3, 0, 1, 0, 0, 0, 1, 0x20, 0xCE]),
      inTheGetters(.putter, fails: "publish.request"),
      inTheGetters(.server, fails: "publish.result"),
    ]

  /// As if it had opened channels for its calls, and left them.
  private static func leaves(_ role: Role) -> Mutation {
    Mutation(
      "left", role, fails: "connection.channels",
      .record { evidence in
        evidence.roles[role].conversations = evidence.roles[role].conversations.map { conversation in
          var transcript = conversation.transcript
          guard let last = transcript.entries.last else { return conversation }
          for channel in UInt8(11)...15 {
            // channel.open (AMQP 0-9-1, 1.5.2.1), with its reserved empty string.
            let frame = Frame(raw: [1, 0, channel, 0, 0, 0, 5, 0, 20, 0, 10, 0, 0xCE])
            transcript.entries.append(
              Transcript.Entry(
                number: last.number + Int(channel), milliseconds: last.milliseconds, direction: .toBroker, frame: frame)
            )
          }
          return Conversation(transcript)
        }
      })
  }

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
  private static func trailing(
    _ label: String, _ role: Role, fails check: String = "connection.frames", after method: String, _ bytes: [UInt8]
  ) -> Mutation {
    edits(label, role, fails: check, .toBroker, method) { unit, _ in
      var unit = unit
      unit.trailer = bytes
      return .pass(unit)
    }
  }
}

extension Mutation {
  /// The result exchange is bound to the request exchange, without an answer.
  private static func binding(_ label: String, _ role: Role, after method: String) -> Mutation {
    edits(label, role, fails: "connection.unusual", .toBroker, method) { unit, topology in
      func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
      let arguments =
        [0, 40, 0, 30, 0, 0] + short(topology.resultExchange) + short(topology.requestExchange) + short("unused")
        + [1, 0, 0, 0, 0]
      var unit = unit
      unit.trailer = [1, 0, 1, 0, 0, 0, UInt8(arguments.count)] + arguments + [0xCE]
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
