internal import InteropModel
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
      held("never", .server, fails: "publish.result"),
      held("never", .putter, fails: "publish.request"),
      held("as-it-closes", .server, fails: "publish.in-time", until: "connection.close"),
      adapter("dawdles", .server, fails: "publish.in-time", .dawdle),
      sends("expired", .server, fails: "publish.kept", in: .apart, "basic.publish") { unit, _ in
        unit.properties?["expiration"] = "0"
      },
      sends("nowhere", .server, fails: "publish.kept", in: .apart, "basic.publish") { unit, _ in
        unit.fields["routing-key"] = "nowhere"
        unit.fields["mandatory"] = false
      },
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

  /// It is published twice. A sender that counts the broker's confirmations gets one of them.
  private static func twice(_ role: Role, fails check: String) -> Mutation {
    Mutation(
      "twice", role, fails: check,
      .wire { plot in
        let edit = changing { unit, from, _ in
          switch (from, unit.name) {
          case (.toBroker, "basic.publish"): return .pass(unit, unit)
          case (.fromBroker, "basic.ack"):
            let number = unit.fields["delivery-tag"]?.integerValue ?? 0
            // The second confirms both; those that confirm several may name the first.
            guard number % 2 == 0 || unit.fields["multiple"] == true, number > 1 else { return .init(units: []) }
            var unit = unit
            unit.fields["delivery-tag"] = .integer(number / 2)
            return .pass(unit)
          default: return .pass(unit)
          }
        }
        return [role: edit(plot)]
      })
  }

  /// It is not published until something else is sent, if ever; then it goes out as `release` says, of what was held and
  /// that. A sender that waits for the broker's confirmation gets one at once.
  static func held(
    _ label: String, _ role: Role, fails check: String, until method: String? = nil,
    _ release: @escaping @Sendable (_ held: [WireUnit], _ sent: WireUnit) -> [WireUnit] = { $0 + [$1] }
  ) -> Mutation {
    Mutation(
      label, role, fails: check,
      .wire { plot in
        [
          role: plot.editor {
            var confirms = false
            var published: Int64 = 0
            var held: [WireUnit]? = []
            return { unit, from in
              switch (from, unit.name) {
              case (.toBroker, "confirm.select"): confirms = true
              case (.toBroker, "basic.publish") where held != nil:
                published += 1
                held?.append(unit)
                return StreamEditor.Edit(units: [], answers: confirms ? [unit.confirmation(published)] : [])
              case (.toBroker, method):
                guard let units = held else { break }
                held = nil
                return StreamEditor.Edit(units: release(units, unit))
              default: break
              }
              return .pass(unit)
            }
          }
        ]
      })
  }
}
