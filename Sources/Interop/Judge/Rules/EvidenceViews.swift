package import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension RoleEvidence {
  /// What this role's process sent, of one method, over all its connections.
  func sent(_ name: String) -> [Conversation.Step] { conversations.flatMap { $0.sent(name) } }
  /// How many of the requests that it gets it has to answer; a recording all.
  var requestLimit: Int { replay == nil ? askedToServe : .max }
  /// Whether the broker has closed a channel or a connection of it with an exception.
  var hasMetException: Bool {
    conversations.contains { $0.received.contains { $0.name == "channel.close" || $0.name == "connection.close" } }
  }
  package var published: [Message] { conversations.flatMap(\.published) }

  /// Deliveries, each with the conversation in which it is settled.
  package var delivered: [(message: Message, conversation: Conversation)] {
    conversations.flatMap { conversation in conversation.delivered.map { ($0, conversation) } }
  }
}

extension Evidence {
  /// What a role published of its own kind: a putter's requests, a server's results.
  func published(_ role: Role) -> [Message] { roles[role].published }

  /// What was delivered to a role, but for what the scenario itself has put there.
  func delivered(_ role: Role) -> [Message] {
    roles[role].delivered.map(\.message).filter { !cell.scenario.publishesMalformed || $0.json != nil }
  }

  /// The data of each message that was delivered to a role, as JSON without white space.
  func dataDelivered(to role: Role) -> [String] {
    roles[role].delivered.compactMap { $0.message.data?.exactDescription }
  }

  /// The same, once each; nil if there is none, or if it is so long that nobody would list it.
  func shortDataDelivered(to role: Role) -> [String]? {
    let delivered = roles[role].delivered.map(\.message)
    guard !delivered.isEmpty, delivered.allSatisfy({ $0.body.count <= 1000 }) else { return nil }
    return dataDelivered(to: role).uniqued()
  }

  /// What its putter and its server published, as golden messages have it; nothing in a scenario that is not about the bytes of
  /// its payload.
  package var messages: [GoldenMessages.Kind: GoldenMessages.Body] {
    guard cell.scenario == .echo else { return [:] }
    let published = [GoldenMessages.Kind.request: published(.putter).first, .result: published(.server).first]
    return published.compactMapValues { $0.map(GoldenMessages.Body.init(masking:)) }
  }

  /// Why what a role makes of what was delivered to it is not judged; nil if it is.
  func excuse(_ role: Role) -> String? {
    let delivered = delivered(role)
    return switch role {
    case .server where !delivered.allSatisfy(\.isRequest):
      "what was delivered is no request: the putter's checks say why"
    case .getter where !delivered.allSatisfy(\.isResult): "what was delivered is no result: the server's checks say why"
    default: nil
    }
  }

  func isRequestQueue(_ name: String) -> Bool { name.utf8.elementsEqual(topology.requestQueue.utf8) }

  /// The ids that a role has to go by: a server knows those of the requests that it got, others what the putter says.
  func resultIDs(for role: Role) -> [String] { role == .server ? deliveredRequestIDs.uniqued() : resultIDs }

  /// The indexes of the queues that carry this cell's results, as a role has to see it.
  func resultIndexes(for role: Role) -> [Int] {
    Set(resultIDs(for: role).map(topology.resultQueueIndex(for:))).sorted()
  }
}
