internal import SyRPCWire
internal import WireTap

/// Where and how often messages are published.
extension Mutation {
  static let publications: [Mutation] =
    [
      sends("default-exchange", .putter, fails: "publish.request", "basic.publish") { unit, _ in
        unit.fields["exchange"] = ""
      },
      sends("key-echo", .putter, fails: "publish.request", "basic.publish") { unit, _ in
        unit.fields["routing-key"] = "echo"
      },
      twice(.putter, fails: "publish.request"),
      twice(.server, fails: "publish.result"),
      twice(.server, fails: "broker.clean", isNamed: false),
      never(.server, fails: "publish.result"),
      never(.putter, fails: "publish.request"),
      sends("default-exchange", .server, fails: "publish.result-exchange", "basic.publish") { unit, topology in
        unit.fields["exchange"] = ""
        unit.fields["routing-key"] = .string(
          topology.resultQueue(at: Int(unit.text("routing-key")) ?? 0))
      },
      sends("direct-exchange", .server, fails: "publish.result-exchange", "basic.publish") { unit, _ in
        unit.fields["exchange"] = "amq.direct"
      },
    ]
    + [Role.putter, .server].flatMap { role -> [Mutation] in
      [
        sends("not", role, fails: "publish.mandatory", "basic.publish") { unit, _ in unit.fields["mandatory"] = false },
        sends("set", role, fails: "publish.immediate", "basic.publish") { unit, _ in unit.fields["immediate"] = true },
      ]
    }

  private static func twice(_ role: Role, fails check: String, isNamed: Bool = true) -> Mutation {
    edits("twice", role, fails: check, isNamed: isNamed, .toBroker, "basic.publish") { unit, _ in .pass(unit, unit) }
  }

  /// It is not published. A sender that waits for the broker's confirmation gets one.
  private static func never(_ role: Role, fails check: String) -> Mutation {
    Mutation(
      "never", role, fails: check,
      .wire { plot in
        [
          role: plot.editor {
            var confirms = false
            var published: Int64 = 0
            return { unit, _ in
              if unit.name == "confirm.select" { confirms = true }
              guard unit.name == "basic.publish" else { return .pass(unit) }
              published += 1
              return StreamEditor.Edit(units: [], answers: confirms ? [unit.confirmation(published)] : [])
            }
          }
        ]
      })
  }
}
