internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// What exchanges and queues are called and how they are declared.
extension Mutation {
  static let declarations: [Mutation] =
    Role.allCases.flatMap { role -> [Mutation] in
      [
        renames("exchange-case", role, fails: "naming.exchange") { name, topology in
          name == topology.requestExchange || name == topology.resultExchange ? name.uppercased() : name
        },
        renames("queue-suffix", role, fails: "naming.queue") { name, topology in
          name == topology.requestQueue || topology.resultQueueIndex(ofQueue: name) != nil ? "\(name)_" : name
        },
        sends("fanout", role, fails: "exchange.type", "exchange.declare") { unit, _ in unit.fields["type"] = "fanout" },
        sends("not-durable", role, fails: "exchange.flags", "exchange.declare") { unit, _ in
          unit.fields["durable"] = false
        },
        sends("not-durable", role, fails: "queue.flags", "queue.declare") { unit, _ in unit.fields["durable"] = false },
        sends("extra", role, fails: "exchange.arguments", "exchange.declare") { unit, _ in
          unit.fields["arguments"] = ["x-extra": ["S": "1"]]
        },
      ]
    } + [
      renames("result-exchange-name", .server, fails: "naming.exchange") { name, topology in
        name == topology.resultExchange ? "\(topology.appName)_result" : name
      },
      renames("index-in-hexadecimal", .getter, fails: "naming.queue") { name, topology in
        topology.resultQueueIndex(ofQueue: name).map { "\(name.dropLast(String($0).count))0x\($0)" } ?? name
      },
      renames("request-queue-prefixed", .server, fails: "naming.queue") { name, topology in
        name == topology.requestQueue ? "syrpc_\(name)" : name
      },
      sends("topic", .putter, fails: "exchange.type", "exchange.declare") { unit, _ in unit.fields["type"] = "topic" },
      sends("auto-delete", .server, fails: "exchange.flags", "exchange.declare") { unit, _ in
        unit.fields["auto-delete"] = true
      },
      sends("internal", .putter, fails: "exchange.flags", "exchange.declare") { unit, _ in
        unit.fields["internal"] = true
      },
      sends("passive", .getter, fails: "exchange.flags", "exchange.declare") { unit, _ in unit.fields["passive"] = true
      },
      sends("exclusive", .server, fails: "queue.flags", "queue.declare") { unit, _ in unit.fields["exclusive"] = true },
      sends("auto-delete", .getter, fails: "queue.flags", "queue.declare") { unit, _ in
        unit.fields["auto-delete"] = true
      },
      sends("passive", .putter, fails: "queue.flags", "queue.declare") { unit, _ in unit.fields["passive"] = true },
      sends("alternate-exchange", .server, fails: "exchange.arguments", "exchange.declare") { unit, _ in
        unit.fields["arguments"] = ["alternate-exchange": ["S": "amq.fanout"]]
      },
      argument("expires-in-seconds", .server, "x-expires") { _, topology in ["l": .integer(Int64(topology.ttl))] },
      argument("ttl-in-seconds", .getter, "x-message-ttl") { _, topology in
        ["l": .integer(Int64(topology.messageTTL))]
      },
      argument("no-expires", .getter, "x-expires") { _, _ in nil },
      argument("no-ttl", .server, "x-message-ttl") { _, _ in nil },
      argument("extra", .server, "x-max-length") { _, _ in ["l": 1000] },
      sends("ttl-of-requests", .putter, fails: "queue.arguments", "queue.declare") { unit, topology in
        unit.fields["arguments"] = ["x-message-ttl": ["l": .integer(Int64(topology.messageTTL * 1000))]]
      },
      argument("expires-a-string", .server, fails: "queue.argument-types", "x-expires") { value, _ in
        ["S": .string(value)]
      },
      argument("expires-a-double", .getter, fails: "queue.argument-types", "x-expires") { value, _ in
        ["d": .real(Double(value) ?? 0)]
      },
      argument("ttl-a-string", .getter, fails: "queue.argument-types", "x-message-ttl") { value, _ in
        ["S": .string(value)]
      },
      omits("no-queue", .putter, fails: "declare.request", "queue.declare") { _, _ in true },
      omits("no-binding", .putter, fails: "declare.request", "queue.bind") { _, _ in true },
      omits("no-exchange", .putter, fails: "declare.request", "exchange.declare") { unit, topology in
        unit.text("exchange") == topology.requestExchange
      },
      omits("no-binding", .server, fails: "declare.request", "queue.bind") { unit, topology in
        unit.text("queue") == topology.requestQueue
      },
      omits("no-binding", .server, fails: "declare.result", "queue.bind") { unit, topology in
        unit.text("queue") != topology.requestQueue
      },
      undeclared(.getter, fails: "declare.result"),
      omits("no-binding", .getter, fails: "declare.result", "queue.bind") { unit, topology in
        unit.text("queue") != topology.requestQueue
      },
      omits("omitted", .server, fails: "declare.result-exchange", "exchange.declare") { unit, topology in
        unit.text("exchange") == topology.resultExchange
      },
      omits("omitted", .getter, fails: "declare.result-exchange", "exchange.declare") { unit, topology in
        unit.text("exchange") == topology.resultExchange
      },
    ]

  /// Every exchange, queue and routing key is renamed, wherever it is used.
  private static func renames(
    _ label: String, _ role: Role, fails check: String, _ name: @escaping @Sendable (String, ExpectedTopology) -> String
  ) -> Mutation {
    Mutation(
      label, role, fails: check,
      .wire { plot in
        [
          role: plot.editor {
            { unit, from in
              guard from == .toBroker else { return .pass(unit) }
              var unit = unit
              for field in ["exchange", "queue", "routing-key"] {
                if let text = unit.fields[field]?.stringValue {
                  unit.fields[field] = .string(name(text, plot.topology))
                }
              }
              return .pass(unit)
            }
          }
        ]
      })
  }

  /// An argument of result queues is another, or none.
  private static func argument(
    _ label: String, _ role: Role, fails check: String = "queue.arguments", _ argument: String,
    _ change: @escaping @Sendable (_ value: String, ExpectedTopology) -> JSON?
  ) -> Mutation {
    sends(label, role, fails: check, "queue.declare") { unit, topology in
      guard unit.text("queue") != topology.requestQueue, case .object(var arguments)? = unit.fields["arguments"] else {
        return
      }
      let value = arguments[argument]?.objectValue?.first?.value.description ?? ""
      arguments[argument] = change(value, topology)
      unit.fields["arguments"] = .object(arguments)
    }
  }

  /// A result queue is consumed that was neither declared nor bound.
  private static func undeclared(_ role: Role, fails check: String) -> Mutation {
    Mutation(
      "no-queue", role, fails: check,
      .wire { plot in
        [
          role: changing { unit, from, topology in
            let isMeant = unit.name == "queue.declare" || unit.name == "queue.bind"
            return from == .toBroker && isMeant && unit.text("queue") != topology.requestQueue
              ? .swallow(unit) : .pass(unit)
          }(plot)
        ]
      })
  }

  /// A method is not sent.
  static func omits(
    _ label: String, _ role: Role, fails check: String, isNamed: Bool = true, in scenario: Scenario = .echo,
    _ method: String, _ isMeant: @escaping @Sendable (WireUnit, ExpectedTopology) -> Bool = { _, _ in true }
  ) -> Mutation {
    edits(label, role, fails: check, isNamed: isNamed, in: scenario, .toBroker, method) { unit, topology in
      isMeant(unit, topology) ? .swallow(unit) : .pass(unit)
    }
  }
}
