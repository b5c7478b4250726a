internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// The JSON of messages: those of the putter, requests; those of the server, results.
extension Mutation {
  static let bodies: [Mutation] =
    [Role.putter, .server].flatMap { role -> [Mutation] in
      [
        body("byte-order-mark", role, fails: "json.encoding") { $0.body = [0xEF, 0xBB, 0xBF] + $0.body },
        body("invalid-utf-8", role, fails: "json.encoding") { $0.replace(Array("hello".utf8), with: [0xC3, 0x28]) },
        body("trailing-byte", role, fails: "json.document") { $0.body.append(UInt8(ascii: "}")) },
        body("two-documents", role, fails: "json.document") { $0.body += $0.body },
        body("in-an-array", role, fails: "json.document") {
          $0.body = [UInt8(ascii: "[")] + $0.body + [UInt8(ascii: "]")]
        },
        body("cut-short", role, fails: "json.document") { $0.body.removeLast() },
        body("empty", role, fails: "json.document") { $0.body = [] },
        body("key-renamed", role, fails: "json.keys") { $0.replace("\"data\"", with: "\"Data\"") },
        body("key-missing", role, fails: "json.keys") { $0.setMember("data", nil) },
        body("key-extra", role, fails: "json.keys") { $0.setMember("version", 2) },
        body("key-twice", role, fails: "json.keys") { unit in
          unit.body.removeLast()
          unit.body += Array(#","data":1}"#.utf8)
        },
        body("id-a-number", role, fails: "json.types") { $0.setMember("result_id", 17) },
        body("id-null", role, fails: "json.types") { $0.setMember("result_id", .null) },
        body("escaped", role, fails: "json.golden") { $0.replace("hello", with: #"\u0068ello"#) },
        body("spaced", role, fails: "json.golden") { $0.replace("\"data\"", with: "\"data\" ") },
        body("slash-escaped", role, fails: "json.golden", payload: "quotes-and-slashes") {
          $0.replace("/", with: #"\/"#)
        },
        body("value-changed", role, fails: data[role]) { $0.replace("hello", with: "Hello") },
        body("number-as-string", role, fails: data[role], payload: "integer") {
          $0.replace("42", with: "\"42\"")
        },
        body("integer-lossy", role, fails: data[role], payload: "integers-64-bits") {
          $0.replace("9007199254740993", with: "9007199254740992")
        },
        body("double-lossy", role, fails: data[role], payload: "doubles") { $0.replace("0.1", with: "0.10000001") },
        body("minus-zero", role, fails: data[role], payload: "double-minus-zero") { $0.replace("-0.0", with: "0.0") },
        body("null-omitted", role, fails: data[role], payload: "null") { $0.replace("null", with: "{}") },
      ]
    } + [
      body("a-number", .putter, fails: "json.types") { $0.setMember("type", 1) },
      body("upper-case", .putter, fails: "json.result-id") { unit in
        if let id = unit.resultID { unit.replace(id, with: id.uppercased()) }
      },
      body("without-hyphens", .putter, fails: "json.result-id") { unit in
        if let id = unit.resultID { unit.replace(id, with: id.replacing("-", with: "")) }
      },
      body("other", .putter, fails: "json.result-id") { unit in
        if let id = unit.resultID { unit.replace(id, with: other(id)) }
      },
      again(.putter, fails: "json.result-id"),
      again(.server, fails: "publish.result"),
      body("upper-case", .server, fails: "json.result-id-kept") { unit in
        if let id = unit.resultID { unit.replace(id, with: id.uppercased()) }
      },
      body("other", .server, fails: "json.result-id-kept") { unit in
        if let id = unit.resultID { unit.replace(id, with: other(id)) }
      },
      body("other", .putter, fails: "json.type") { $0.replace("\"echo\"", with: "\"Echo\"") },
      body("white-space", .putter, fails: "json.type") { $0.replace("\"echo\"", with: "\" echo\"") },
    ]

  /// The checks on a message's data.
  private static let data: [Role: String] = [.putter: "payload.request", .server: "payload.result"]

  private static func body(
    _ label: String, _ role: Role, fails check: String?, payload: String = "hello",
    _ edit: @escaping @Sendable (inout WireUnit) -> Void
  ) -> Mutation {
    sends(label, role, fails: check ?? "", payload: payload, "basic.publish") { unit, _ in edit(&unit) }
  }

  /// An id that differs in its last digit.
  private static func other(_ id: String) -> String { id.dropLast() + (id.last == "0" ? "1" : "0") }

  /// The second message has the id of the first.
  private static func again(_ role: Role, fails check: String) -> Mutation {
    Mutation(
      "id-of-the-first", role, fails: check, in: .collision,
      .wire { plot in
        [
          role: plot.editor {
            var first: String?
            return { unit, _ in
              guard unit.name == "basic.publish", let id = unit.resultID else { return .pass(unit) }
              var unit = unit
              if let first { unit.replace(id, with: first) }
              first = first ?? id
              return .pass(unit)
            }
          }
        ]
      })
  }
}

extension WireUnit {
  /// Sets a member of the message; nil removes it.
  fileprivate mutating func setMember(_ key: String, _ value: JSON?) {
    guard case .object(var members)? = try? JSON(parsing: body) else { return }
    members[key] = value
    body = Array((try? JSON.object(members).encoded()) ?? body)
  }
}
