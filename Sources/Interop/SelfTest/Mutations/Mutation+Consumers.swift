internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// How messages are consumed and settled.
extension Mutation {
  static let consumers: [Mutation] = [
    sends("no-ack", .server, fails: "consumer.flags", "basic.consume") { unit, _ in unit.fields["no-ack"] = true },
    sends("exclusive", .getter, fails: "consumer.flags", "basic.consume") { unit, _ in unit.fields["exclusive"] = true
    },
    sends("exclusive", .putter, fails: "consumer.flags", in: .idle, "basic.consume") { unit, _ in
      unit.fields["exclusive"] = true
    },
    sends("no-local", .getter, fails: "consumer.flags", "basic.consume") { unit, _ in unit.fields["no-local"] = true },
    omits("missing", .server, fails: "ack.request", "basic.ack"),
    omits("missing", .server, fails: "broker.clean", isNamed: false, "basic.ack"),
    omits("missing", .getter, fails: "broker.clean", isNamed: false, "basic.ack"),
    edits("twice", .server, fails: "ack.request", .toBroker, "basic.ack") { unit, _ in .pass(unit, unit) },
    instead("rejected", .server, fails: "ack.request", requeue: false),
    omits("missing", .getter, fails: "ack.result", "basic.ack"),
    edits("twice", .getter, fails: "ack.result", .toBroker, "basic.ack") { unit, _ in .pass(unit, unit) },
    instead("rejected", .getter, fails: "ack.result", requeue: false),
    sends("discarded", .getter, fails: "reject.requeue", in: .collision, "basic.reject") { unit, _ in
      unit.fields["requeue"] = false
    },
    edits("acknowledged", .getter, fails: "ack.result", in: .collision, .toBroker, "basic.reject") { unit, _ in
      .pass(unit.acknowledgement)
    },
    edits("twice", .getter, fails: "reject.requeue", in: .collision, .toBroker, "basic.reject") { unit, _ in
      .pass(unit, unit)
    },
    sends("discarded", .getter, fails: "reject.kept", in: .givenBack, "basic.reject") { unit, _ in
      unit.fields["requeue"] = false
    },
    edits("acknowledged", .getter, fails: "reject.kept", in: .givenBack, .toBroker, "basic.reject") { unit, _ in
      .pass(unit.acknowledgement)
    },
    together("several", all: false), together("all", all: true),
    omits("not", .getter, fails: "consumer.cancelled", "basic.cancel"),
  ]

  /// A server acknowledges a request and those before it, or all that it has in hand, and answers then.
  private static func together(_ label: String, all: Bool) -> Mutation {
    held(label, .server, fails: "ack.multiple", until: "basic.ack") { held, acknowledgement in
      var acknowledgement = acknowledgement
      acknowledgement.fields["multiple"] = true
      if all { acknowledgement.fields["delivery-tag"] = 0 }
      return [acknowledgement] + held
    }
  }

  /// What is to be acknowledged is rejected.
  private static func instead(_ label: String, _ role: Role, fails check: String, requeue: Bool) -> Mutation {
    edits(label, role, fails: check, .toBroker, "basic.ack") { unit, _ in .pass(unit.rejection(requeue: requeue)) }
  }
}
