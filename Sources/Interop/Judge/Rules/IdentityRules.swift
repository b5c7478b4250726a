internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

extension Rule {
  static let identityRules: [Rule] = [
    Rule(
      "identity.client", .recommended, Role.allCases,
      "the AMQP library states the version on the wire that hello names"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard peer.replay == nil else { return .inapplicable("a recording plays: the handshake is the player's") }
      guard let libraries = peer.identity?.libraries else { return .inapplicable("the peer did not say who it is") }
      let stated = peer.sent("connection.start-ok").compactMap { ClientLibrary($0.fields["client-properties"]) }
      let named = stated.compactMap { client in libraries.version(of: client.product).map { (client, named: $0) } }
      return .all(
        named, expected: "as hello says, \(named.map(\.named).uniqued().joined(separator: "; "))",
        none: "the wire and hello do not name the same library", { "\($0.0.product) \($0.0.version)" },
        { $0.0.version == $0.named })
    }
  ]
}

/// What an AMQP library says of itself as it logs in (connection.start-ok).
private struct ClientLibrary {
  let product: String
  let version: String

  /// - Parameter properties: the client properties; nil, as well as none, if there are none.
  init?(_ properties: JSON?) {
    func text(_ name: String) -> String? { properties?[name]?["S"]?.stringValue }
    // py-amqp has its own name for it.
    guard let product = text("product"), let version = text("version") ?? text("product_version") else { return nil }
    self.product = product
    self.version = version
  }
}

extension JSONObject {
  /// The libraries that call themselves something else on the wire.
  private static var names: [String: String] {
    ["py-amqp": "amqp", "AMQPLib": "php-amqplib", "rabbitmq-c": "librabbitmq"]
  }

  /// The version that hello's libraries name for a product; nil if they do not.
  fileprivate func version(of product: String) -> String? {
    let name = Self.names[product] ?? product
    return first { $0.key.lowercased() == name.lowercased() }?.value.stringValue
  }
}
