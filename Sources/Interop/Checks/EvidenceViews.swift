internal import SyRPCWire
internal import WireTap

extension RoleEvidence {
  /// What this role's process sent, of one method, over all its connections.
  func sent(_ name: String) -> [Conversation.Step] { conversations.flatMap { $0.sent(name) } }
  var published: [Message] { conversations.flatMap(\.published) }

  /// Deliveries, each with the conversation in which it is settled.
  var delivered: [(message: Message, conversation: Conversation)] {
    conversations.flatMap { conversation in conversation.delivered.map { ($0, conversation) } }
  }
}

extension Evidence {
  /// What a role published of its own kind: a putter's requests, a server's results.
  func published(_ role: Role) -> [Message] { roles[role].published }

  func isRequestQueue(_ name: String) -> Bool { name.utf8.elementsEqual(topology.requestQueue.utf8) }

  /// The indexes of the queues that carry this cell's results.
  var resultIndexes: [Int] { Set(resultIDs.map(topology.resultQueueIndex(for:))).sorted() }
}

extension String {
  /// At most so many characters, with a note of what was left out.
  func shortened(to length: Int = 200) -> String {
    utf8.count <= length ? self : "\(prefix(length))… (\(utf8.count) bytes)"
  }

  /// `none` for nothing.
  var orNone: String { isEmpty ? "none" : self }
}
