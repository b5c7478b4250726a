package import InteropModel
internal import SyRPCWire
internal import WireTap

/// What became of the requests, or of the results, of a cell on their way from who wrote them to who reads them.
package enum Passage: String, Sendable, Codable, Comparable {
  /// Read, as what it is.
  case read
  /// It was not put, for another reason.
  case unreached
  /// It is in the queue that its reader consumes, and was not delivered in time.
  case late
  /// It was put where its reader does not look.
  case misplaced
  /// The broker refused a declaration: a queue or an exchange is there with other arguments.
  case refused
  /// It was delivered, and not read; or read as something else.
  case unread

  /// What is worse comes later.
  package static func < (left: Passage, right: Passage) -> Bool { left.weight < right.weight }
  private var weight: Int {
    switch self {
    case .read: 0
    case .unreached: 1
    case .late: 2
    case .misplaced: 3
    case .refused: 4
    case .unread: 5
    }
  }
}

/// What happened to a message that its reader did not read.
package enum Fate: String, Sendable, Codable {
  /// The reader took it out of its queue.
  case lost
  /// It is in a queue still; a result until its time to live is over.
  case waiting
}

/// What became of a cell's messages.
package struct Passages: Sendable {
  package let request: Passage
  package let result: Passage
  package let requestFate: Fate?
  package let resultFate: Fate?
  /// Whether requests were read, and a copy of them is in another queue as well: both are bound by the same key.
  package let leavesRequests: Bool
  /// The same of results.
  package let leavesResults: Bool
  /// What the broker said to whom, as it closed a channel or a connection.
  package let exceptions: [(role: Role, text: String)]

  /// By what was seen on the wire, and what the peers handed on.
  package init(_ evidence: Evidence) {
    let roles = evidence.roles
    exceptions = Role.allCases.flatMap { role in
      roles[role].conversations.flatMap(\.received)
        .filter { $0.name == "channel.close" || $0.name == "connection.close" }
        .map { (role, $0.text("reply-text")) }
    }
    let victims = Set(exceptions.map(\.role))
    let topology = evidence.topologies.getter
    let routing = Routing(evidence)
    // A server that declares a request's result queue has read it, whatever becomes of it then; but for one that says that it
    // could not, and answers so.
    let hasRefused = roles.server.outcomes.contains { $0.operation == "serve" && $0.error?.kind == .failed }
    let serving = evidence.topologies.server
    let declared = Set(roles.server.conversations.flatMap { $0.sent("queue.declare") }.map { $0.text("queue") })

    let consumed = roles.map { role in
      Set(role.conversations.flatMap { $0.sent("basic.consume") + $0.sent("basic.get") }.map { $0.text("queue") })
    }

    func value(_ id: String) -> JSON? { evidence.call(id)?.value }
    func delivered(_ id: String, to role: Role) -> [(message: Message, conversation: Conversation)] {
      roles[role].conversations.flatMap { conversation in
        conversation.delivered.filter { $0.resultID == id || $0.resultID == nil }.map { ($0, conversation) }
      }
    }

    func published(_ id: String, by role: Role) -> [Message] {
      roles[role].conversations.flatMap(\.published).filter { $0.resultID == id }
    }

    var request: [(passage: Passage, fate: Fate?)] = []
    var result: [(passage: Passage, fate: Fate?)] = []
    for (number, id) in evidence.resultIDs.enumerated() {
      let came = delivered(id, to: .server)
      if roles.server.seen.contains(where: { $0.request.resultID == id && $0.text.json == value(id) })
        || !came.isEmpty && !hasRefused && declared.contains(serving.resultQueue(at: serving.resultQueueIndex(for: id)))
      {
        request.append((.read, nil))
      } else if !came.isEmpty {
        // One that the broker stops as it answers has read it, or not: nobody can tell.
        request.append(victims.contains(.server) ? (.unreached, nil) : (.unread, Self.fate(came)))
      } else if victims.contains(.putter) || victims.contains(.server) {
        request.append((.refused, .waiting))
      } else if roles.server.askedToServe > number {
        request.append((routing.passage(of: published(id, by: .putter), to: consumed.server), .waiting))
      } else {
        request.append((.unreached, .waiting))
      }

      // By chance a getter may still consume the queue that another's hash leads to, for an earlier result.
      let own = topology.resultQueue(at: topology.resultQueueIndex(for: id))
      let answers = delivered(id, to: .getter).filter {
        $0.conversation.consumer(of: $0.message)?.text("queue") ?? own == own
      }
      // What a server says to a request that it cannot read is no result of it.
      guard request.last?.passage != .unread else {
        result.append((.unreached, nil))
        continue
      }
      let put = published(id, by: .server)
      if roles.getter.results.contains(where: { $0.resultID == id && $0.text.json == value(id) }) {
        result.append((.read, nil))
      } else if !answers.isEmpty {
        result.append((.unread, Self.fate(answers)))
      } else if !came.isEmpty || !put.isEmpty, victims.contains(.server) || victims.contains(.getter) {
        result.append((.refused, put.isEmpty ? nil : .waiting))
      } else if roles.getter.askedFor.contains(id) {
        let looked = consumed.getter.contains(own) ? [own] : consumed.getter
        result.append((routing.passage(of: put, to: looked), .waiting))
      } else {
        result.append((.unreached, nil))
      }
    }
    let worstRequest = request.max { $0.passage < $1.passage }
    let worstResult = result.max { $0.passage < $1.passage }
    self.request = worstRequest?.passage ?? (victims.isEmpty ? .unreached : .refused)
    self.result = worstResult?.passage ?? .unreached
    requestFate = worstRequest?.fate
    resultFate = worstResult?.fate
    let left = Set((evidence.leftovers ?? []).filter { $0.messages > 0 }.map(\.queue))
    let requestQueues = Set(Role.allCases.map { evidence.topologies[$0].requestQueue })
    leavesRequests =
      self.request == .read && !left.intersection(requestQueues).subtracting(consumed.server).isEmpty
    leavesResults = self.result == .read && !left.subtracting(requestQueues).subtracting(consumed.getter).isEmpty
  }

  private static func fate(_ deliveries: [(message: Message, conversation: Conversation)]) -> Fate {
    let settled = deliveries.flatMap { $0.conversation.settlements(of: $0.message) }
    return settled.contains { $0.kind != .requeue } ? .lost : .waiting
  }
}

/// Which queues a cell's messages reached, by the bindings that its peers made.
private struct Routing {
  private let bindings: [Conversation.Step]
  /// The exchanges that take no notice of routing keys.
  private let fanouts: Set<String>

  init(_ evidence: Evidence) {
    let conversations = Role.allCases.flatMap { evidence.roles[$0].conversations }
    bindings = conversations.flatMap { $0.sent("queue.bind") }
    fanouts = Set(
      conversations.flatMap { $0.sent("exchange.declare") }.filter { $0.text("type") == "fanout" }
        .map { $0.text("exchange") })
  }

  /// What became of messages that were not delivered to who consumes some queues.
  func passage(of messages: [Message], to queues: Set<String>) -> Passage {
    guard !messages.isEmpty, !queues.isEmpty else { return .unreached }
    return messages.contains { message in queues.contains { reaches($0, message) } } ? .late : .misplaced
  }

  private func reaches(_ queue: String, _ message: Message) -> Bool {
    // The default exchange (AMQP 0-9-1, 3.1.3.1) is bound to each queue by its name.
    if message.exchange.isEmpty { return message.routingKey == queue }
    return bindings.contains { binding in
      let exchange = binding.text("exchange")
      guard binding.text("queue") == queue, exchange == message.exchange else { return false }
      // A binding takes what comes after it.
      if let bound = binding.moment, let put = message.moment, bound > put { return false }
      return fanouts.contains(exchange) || binding.text("routing-key") == message.routingKey
    }
  }
}
