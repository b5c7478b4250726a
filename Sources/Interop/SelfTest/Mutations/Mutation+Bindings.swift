internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// What is bound to what.
extension Mutation {
  static let bindings: [Mutation] = [
    request("key-empty", .putter) { unit, _ in unit.fields["routing-key"] = "" },
    request("elsewhere", .server) { unit, _ in unit.fields["exchange"] = "amq.direct" },
    request("key-echo", .server) { unit, _ in unit.fields["routing-key"] = "echo" },
    result("key-of-the-next", .server) { unit, _ in
      unit.fields["routing-key"] = .string(String((Int(unit.text("routing-key")) ?? 0) + 1))
    },
    result("key-is-the-queue", .server) { unit, _ in unit.fields["routing-key"] = .string(unit.text("queue")) },
    result("key-with-zeros", .getter) { unit, _ in unit.fields["routing-key"] = .string("00\(unit.text("routing-key"))")
    },
    result("key-empty", .getter) { unit, _ in unit.fields["routing-key"] = "" },
    result("elsewhere", .server, fails: "binding.result-exchange") { unit, _ in unit.fields["exchange"] = "amq.direct"
    },
    result("elsewhere", .getter, fails: "binding.result-exchange") { unit, _ in unit.fields["exchange"] = "amq.direct"
    },
    result("request-exchange", .getter, fails: "binding.result-exchange") { unit, topology in
      unit.fields["exchange"] = .string(topology.requestExchange)
    },
  ]

  private static func request(
    _ label: String, _ role: Role, _ edit: @escaping @Sendable (inout WireUnit, ExpectedTopology) -> Void
  ) -> Mutation {
    sends(label, role, fails: "binding.request", "queue.bind") { unit, topology in
      if unit.text("queue") == topology.requestQueue { edit(&unit, topology) }
    }
  }

  private static func result(
    _ label: String, _ role: Role, fails check: String = "binding.result",
    _ edit: @escaping @Sendable (inout WireUnit, ExpectedTopology) -> Void
  ) -> Mutation {
    sends(label, role, fails: check, "queue.bind") { unit, topology in
      if unit.text("queue") != topology.requestQueue { edit(&unit, topology) }
    }
  }
}
