package import Foundation
package import SyRPCWire

/// What was seen of one cell: what each peer said, what went over the wire, and what was left in the broker.
package struct Evidence: Sendable {
  package let cell: Cell
  package var topology: ExpectedTopology
  /// The same of the roles whose peers claim to keep to another contract.
  package var claims: [Role: ExpectedTopology] = [:]
  /// The virtual host that the peers were told; nil if nobody noted it.
  package var virtualHost: String?
  /// What was to be put, in order.
  package let calls: [Call]
  package var roles: PerRole<RoleEvidence>
  /// What the request queue and the result queues held when every peer had closed; nil if that could not be found out.
  package var leftovers: [QueueLeftover]?
  /// What kept the harness from finding out.
  package var brokerProblem: String?

  package init(
    cell: Cell, topology: ExpectedTopology, virtualHost: String? = nil, calls: [Call], roles: PerRole<RoleEvidence>,
    leftovers: [QueueLeftover]? = nil, brokerProblem: String? = nil
  ) {
    self.cell = cell
    self.topology = topology
    self.virtualHost = virtualHost
    self.calls = calls
    self.roles = roles
    self.leftovers = leftovers
    self.brokerProblem = brokerProblem
  }

  /// The evidence with what a role is held to: what its peer claims to keep to.
  package func held(_ role: Role?) -> Evidence {
    guard let claimed = role.flatMap({ claims[$0] }) else { return self }
    var evidence = self
    evidence.topology = claimed
    return evidence
  }

  /// What each role's peer is held to.
  package var topologies: PerRole<ExpectedTopology> {
    PerRole(putter: Role.putter, server: .server, getter: .getter).map { claims[$0] ?? topology }
  }

  /// The result ids, in the order in which the requests were put.
  package var resultIDs: [String] { roles.putter.resultIDs }

  /// One request that was to be put.
  package struct Call: Sendable {
    /// The data as JSON text, as the putter was given it.
    package let text: String
    /// The data as a value.
    package let value: JSON

    package init(text: String, value: JSON) {
      self.text = text
      self.value = value
    }
  }

  /// What the request with this id was to carry. An id that nobody knows is another check's affair: the first call then.
  package func call(_ resultID: String?) -> Call? {
    resultIDs.firstIndex { $0 == resultID }.flatMap { calls.indices.contains($0) ? calls[$0] : nil } ?? calls.first
  }
}

/// What one role did.
package struct RoleEvidence: Sendable {
  package let peer: String
  package let identity: PeerIdentity?
  /// How many cells its process had made before; nil for a recording, and for one that did not start.
  package var age: Int?
  /// What its adapter answered, operation by operation: nil for success.
  package var outcomes: [(operation: String, error: PeerError?)] = []
  /// As the putter said.
  package var resultIDs: [String] = []
  /// When the putter said that each request is put, by its id.
  package var putEnds: [String: Date] = [:]
  /// How many requests the server was asked to answer.
  package var askedToServe = 0
  /// As the server said.
  package var seen: [(request: SeenRequest, text: ReadText)] = []
  /// The ids that the getter was asked for, in order.
  package var askedFor: [String] = []
  /// Whether what it put or gave back was still where it is to be taken from; nil if nobody looked.
  package var isKept: Bool?
  /// The times in which it waited for results, in order.
  package var waits: [ResultWait] = []
  /// Those of which it said that they were in vain.
  package var vain: [ResultWait] { waits.filter(\.isVain) }
  /// When it said that it had waited for a result in vain; nil if it did not.
  package var gaveUp: Date? { vain.first?.ended }
  /// When it was told to close, the last time; nil if it was not.
  package var toldToClose: Date?
  /// As the getter said: id and data as JSON text.
  package var results: [(resultID: String, payload: String, text: ReadText)] = []
  /// What plays the role, if a recording does, and why it did not fit.
  package var replay: (recorded: RecordedConversation, mismatch: ReplayMismatch?)?
  /// One for each of its connections.
  package var conversations: [Conversation] = []

  package init(peer: String, identity: PeerIdentity?) {
    self.peer = peer
    self.identity = identity
  }

  /// Whether a recording plays the role that was cut before everything delivered to it had been settled.
  package var isCut: Bool { replay?.recorded.isCut ?? false }

  /// Whether its adapter failed at an operation.
  package func hasFailed(at operation: String) -> Bool {
    outcomes.contains { $0.operation == operation && $0.error != nil }
  }
  /// Whether its adapter died or could not be spoken to any more.
  package var hasBroken: Bool { outcomes.contains { $0.error?.kind == .broken } }

  /// Whether its adapter failed at anything.
  package var hasFailed: Bool { outcomes.contains { $0.error != nil } }
}

/// A wait for a result: from when the peer was asked until it answered.
package struct ResultWait: Hashable, Sendable {
  package let resultID: String
  package let started: Date
  /// When the time that it was given is over: a peer that is slow answers later, and none gives up much before.
  package let due: Date
  package let ended: Date
  /// Whether, so the peer says, the result did not come in time.
  package let isVain: Bool

  package init(resultID: String, started: Date, due: Date, ended: Date, isVain: Bool) {
    self.resultID = resultID
    self.started = started
    self.due = due
    self.ended = ended
    self.isVain = isVain
  }

  /// When its time is as good as over: a peer's clock may be a tenth early, and it may be a second behind.
  ///
  /// Told from the time that it was given: that it has given up, a slow peer says much later.
  package var nearlyDue: Date {
    min(due.addingTimeInterval(-1), started.addingTimeInterval(due.timeIntervalSince(started) * 0.9))
  }
}

/// A queue that was not left as an exchange should leave it.
package struct QueueLeftover: Hashable, Sendable {
  package let queue: String
  package let messages: Int
  package let consumers: Int

  package init(queue: String, messages: Int, consumers: Int) {
    self.queue = queue
    self.messages = messages
    self.consumers = consumers
  }
}
