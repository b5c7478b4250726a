internal import InteropModel
internal import SyRPCWire

extension GoldenMessages {
  /// Whether a result's bytes depend on who put the request, and nothing was recorded of this putter.
  private func isStranger(_ putter: String?, to set: String, _ payload: String) -> Bool {
    !bodies.keys.contains { $0.set == putter }
      && bodies.keys.contains { $0.set == set && $0.kind == .result && $0.payload == payload && $0.from != nil }
  }

  /// The check that holds published bodies against them. It is skipped for a peer that names no set.
  package static let check = "json.golden"

  /// The rule of that check.
  var rule: Rule {
    Rule(
      Self.check, .recommended, [.putter, .server],
      "the body is that of the golden message, byte for byte, with the result id masked"
    ) { [self] evidence, role in
      guard evidence.cell.scenario.laterPayload == nil else { return .inapplicable("the calls carry different things") }
      guard let set = evidence.roles[role].identity?.golden else {
        return .inapplicable("the peer names no golden set")
      }
      guard sets.contains(set) else {
        return .failed(expected: "a set of golden messages: \(sets.joined(separator: ", "))", observed: set)
      }
      var key = Key(set: set, kind: role == .putter ? .request : .result, payload: evidence.cell.payload)
      let general = bodies[key]
      if role == .server { key.from = evidence.roles.putter.identity?.golden }
      guard let expected = bodies[key] ?? general else {
        return .inapplicable("there is no golden message of \(set) for this")
      }
      if role == .putter, let type = evidence.published(role).lazy.compactMap(\.type).first,
        type != "echo"
      {
        return .inapplicable("the request type is another: json.type says so")
      }
      if role == .server, isStranger(key.from, to: set, key.payload) {
        return .inapplicable("it depends on who put the request, and there is none of \(set) for this putter")
      }
      if role == .server, let difference = evidence.changedRequest { return .inapplicable(difference) }
      return .all(
        evidence.published(role), expected: expected.shown, none: "nothing was published",
        { Body(masking: $0).shown }, { Body(masking: $0) == expected })
    }
  }
}

extension Evidence {
  /// A server's body follows from the request's: where a putter could not put the payload as it is, its value differs.
  fileprivate var changedRequest: String? {
    guard let message = roles.server.delivered.first?.message, let request = message.data else {
      return "no request was delivered"
    }
    if let excuse = excuse(.server) { return excuse }
    return request == call(roles.server.delivered.first?.message.resultID)?.value
      ? nil : "the request did not carry the payload"
  }
}
