package import SyRPCWire

/// What was seen of one cell: what each peer said, what went over the wire, and what was left in the broker.
package struct Evidence: Sendable {
  package let cell: Cell
  package let payload: Payload
  package let topology: ExpectedTopology
  /// The payload as a value.
  package let value: JSON
  package var roles: PerRole<RoleEvidence>
  /// What the request queue and the result queues held when every peer had closed; nil if that could not be found out.
  package var leftovers: [QueueLeftover]?
  /// What kept the harness from finding out.
  package var brokerProblem: String?

  /// The result ids, in the order in which the requests were put.
  package var resultIDs: [String] { roles.putter.resultIDs }
}

/// What one role did.
package struct RoleEvidence: Sendable {
  package let peer: String
  package let identity: PeerIdentity?
  /// What its adapter answered, operation by operation: nil for success.
  package var outcomes: [(operation: String, error: PeerError?)] = []
  /// As the putter said.
  package var resultIDs: [String] = []
  /// As the server said.
  package var seen: [PeerSession.SeenRequest] = []
  /// As the getter said: id and data as JSON text.
  package var results: [(resultID: String, payload: String)] = []
  /// One for each of its connections.
  package var conversations: [Conversation] = []

  package init(peer: String, identity: PeerIdentity?) {
    self.peer = peer
    self.identity = identity
  }

  /// Whether its adapter failed at anything.
  package var hasFailed: Bool { outcomes.contains { $0.error != nil } }
}

/// A queue that was not left as an exchange should leave it.
package struct QueueLeftover: Hashable, Sendable {
  package let queue: String
  package let messages: Int
  package let consumers: Int
}
