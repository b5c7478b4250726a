internal import Foundation
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let topologyRules: [Rule] = [
    Rule("naming.exchange", .required, Role.allCases, "only the application's two exchanges are used") {
      evidence, role in
      let peer = evidence.roles[role]
      let uses = ["exchange.declare", "queue.bind", "basic.publish"].flatMap(peer.sent)
      let expected = [evidence.topology.requestExchange, evidence.topology.resultExchange]
      return .all(
        uses, expected: expected.joined(separator: " or "), none: "no exchange was used", { $0.text("exchange") }
      ) { use in expected.contains { $0.utf8.elementsEqual(use.text("exchange").utf8) } }
    },
    Rule("naming.queue", .required, Role.allCases, "only the application's request and result queues are used") {
      evidence, role in
      let peer = evidence.roles[role]
      let uses = ["queue.declare", "queue.bind", "basic.consume", "basic.get"].flatMap(peer.sent)
      let last = evidence.topology.resultQueueCount - 1
      let expected =
        "\(evidence.topology.requestQueue), or \(evidence.topology.resultQueue(at: 0)) to \(last)"
      return .all(uses, expected: expected, none: "no queue was used", { $0.text("queue") }) { use in
        evidence.isRequestQueue(use.text("queue"))
          || evidence.topology.resultQueueIndex(ofQueue: use.text("queue")) != nil
      }
    },
    declared("exchange.type", "exchange.declare", "exchanges are direct", expected: { $0.exchangeType }) {
      $0.text("type")
    },
    declared(
      "exchange.flags", "exchange.declare", "exchanges are durable, not auto-delete, not internal",
      expected: { $0.exchangeFlags }
    ) {
      $0.flags(of: Contract.exchangeFlagNames)
    },
    declared(
      "queue.flags", "queue.declare", "queues are durable, not exclusive, not auto-delete", expected: { $0.queueFlags }
    ) {
      $0.flags(of: Contract.queueFlagNames)
    },
    Rule("exchange.arguments", .required, Role.allCases, "exchanges have no arguments") { evidence, role in
      .all(
        evidence.roles[role].sent("exchange.declare"), expected: evidence.topology.exchangeArguments.orNone,
        none: "no exchange was declared", subject: { $0.text("exchange") }, \.argumentValues.orNone,
        { $0.argumentValues == evidence.topology.exchangeArguments })
    },
    Rule(
      "queue.arguments", .required, Role.allCases,
      "result queues have x-expires and x-message-ttl as the settings say; the request queue has none"
    ) { evidence, role in
      .all(
        evidence.roles[role].sent("queue.declare"),
        expected: "request queue: \(evidence.topology.requestArguments.orNone); "
          + "result queues: \(evidence.topology.resultArguments)",
        none: "no queue was declared", subject: { $0.text("queue") }, \.argumentValues.orNone
      ) { declare in
        let isRequest = evidence.isRequestQueue(declare.text("queue"))
        return declare.argumentValues
          == (isRequest ? evidence.topology.requestArguments : evidence.topology.resultArguments)
      }
    },
    Rule("queue.argument-types", .required, Role.allCases, "arguments of queues are integers on the wire") {
      evidence, role in
      // One that queues should not have at all is for queue.arguments.
      let arguments = evidence.roles[role].sent("queue.declare").flatMap { declare in
        let kind: GoldenMessages.Kind = evidence.isRequestQueue(declare.text("queue")) ? .request : .result
        return declare.arguments.compactMap { argument in
          evidence.topology.argument(argument.name, of: kind).map { (argument: argument, type: $0.wireType) }
        }
      }
      return .all(
        arguments, expected: arguments.map(\.type.shown).uniqued().joined(separator: "; "),
        none: "no argument was sent", subject: \.argument.name, \.argument.tag,
        { $0.type.tags.contains($0.argument.tag) })
    },
    Rule("binding.request", .required, Role.allCases, "the request queue is bound to the request exchange by its name")
    {
      evidence, role in
      let binding = evidence.topology.requestBinding
      return .all(
        evidence.roles[role].sent("queue.bind").filter { evidence.isRequestQueue($0.text("queue")) },
        expected: binding.shown, none: "the request queue was not bound", \.binding.shown, { $0.binding == binding })
    },
    Rule("binding.result", .required, [.server, .getter], "each result queue is bound by its index") { evidence, role in
      .all(
        evidence.resultBinds(role), expected: evidence.expectedBinds(role) { "\($0.queue) by \($0.routingKey)" },
        none: "no result queue was bound", subject: \.binding.queue, { "by \($0.binding.routingKey)" }
      ) { bind in
        evidence.topology.resultQueueIndex(ofQueue: bind.binding.queue).map { evidence.topology.resultBinding(at: $0) }?
          .routingKey == bind.binding.routingKey
      }
    },
    Rule("binding.result-exchange", .recommended, [.server, .getter], "result queues are bound to the result exchange")
    {
      evidence, role in
      .all(
        evidence.resultBinds(role), expected: evidence.topology.resultExchange, none: "no result queue was bound",
        \.binding.exchange, { $0.binding.exchange.utf8.elementsEqual(evidence.topology.resultExchange.utf8) })
    },
    Rule(
      "declare.request", .required, [.putter, .server],
      "request exchange, queue and binding are declared before a request is put or taken"
    ) { evidence, role in
      evidence.declarations(
        by: role, before: role == .putter ? ["basic.publish"] : ["basic.consume", "basic.get"],
        exchange: evidence.topology.requestExchange
      ) { use in
        let isMeant =
          role == .putter
          ? use.text("exchange") == evidence.topology.requestExchange : evidence.isRequestQueue(use.text("queue"))
        return isMeant ? evidence.topology.requestQueue : nil
      }
    },
    Rule(
      "declare.result", .required, [.server, .getter],
      "the result queue is declared and bound before a result is put into it or taken from it"
    ) { evidence, role in
      evidence.declarations(
        by: role, before: role == .server ? ["basic.publish"] : ["basic.consume", "basic.get"], exchange: nil
      ) { use in
        if role == .server { return evidence.resultQueue(of: use, by: role) }
        return evidence.isRequestQueue(use.text("queue")) ? nil : use.text("queue")
      }
    },
    Rule(
      "declare.result-exchange", .recommended, [.server, .getter],
      "the result exchange is declared by whoever puts or gets a result"
    ) { evidence, role in
      let peer = evidence.roles[role]
      let isUsed =
        role == .server
        ? !peer.published.isEmpty : !peer.sent("basic.consume").isEmpty || !evidence.resultBinds(role).isEmpty
      guard isUsed else { return .inapplicable("no result was put or asked for") }
      let name = evidence.topology.resultExchange
      let declared = peer.sent("exchange.declare")
      return declared.contains { $0.text("exchange") == name }
        ? .passed(name)
        : .failed(
          expected: name, observed: declared.map { $0.text("exchange") }.uniqued().joined(separator: "; ").orNone,
          since: declared.first?.moment)
    },
  ]

  /// A rule on one aspect of everything declared.
  private static func declared(
    _ id: String, _ method: String, _ meaning: String, expected: @escaping @Sendable (MessagePart) -> String,
    _ aspect: @escaping @Sendable (Conversation.Step) -> String
  ) -> Rule {
    Rule(id, .required, Role.allCases, meaning) { evidence, role in
      let contract = evidence.topology.contract
      let (request, result) = (expected(contract.request), expected(contract.result))
      return .all(
        evidence.roles[role].sent(method),
        expected: request == result
          ? request.orNone : "of requests: \(request.orNone); of results: \(result.orNone)",
        none: "nothing was declared", subject: { "\($0.text("exchange"))\($0.text("queue"))" }, { aspect($0).orNone }
      ) { declare in
        let isRequest =
          evidence.isRequestQueue(declare.text("queue"))
          || declare.text("exchange").utf8.elementsEqual(evidence.topology.requestExchange.utf8)
        return aspect(declare) == (isRequest ? request : result)
      }
    }
  }
}

extension Evidence {
  /// The bindings of result queues that a role made.
  fileprivate func resultBinds(_ role: Role) -> [Conversation.Step] {
    roles[role].sent("queue.bind").filter { !isRequestQueue($0.text("queue")) }
  }

  fileprivate func expectedBinds(_ role: Role, _ shown: (ExpectedTopology.Binding) -> String) -> String {
    resultIndexes(for: role).map { shown(topology.resultBinding(at: $0)) }.joined(separator: "; ").orNone
  }

  /// The queue that the result of a publication belongs into, by its id.
  fileprivate func resultQueue(of use: Conversation.Step, by role: Role) -> String? {
    let message = roles[role].conversations.flatMap(\.published).first {
      $0.entry == use.entry && $0.moment == use.moment
    }
    return message?.resultID.map { topology.resultQueue(at: topology.resultQueueIndex(for: $0)) }
  }

  /// Whether everything was declared, and bound, before each use.
  ///
  /// - Parameters:
  ///   - role: by whom.
  ///   - methods: what a use is.
  ///   - exchange: what has to be declared besides; nil for nothing.
  ///   - queue: which queue has to be there before a use; nil if it is not meant.
  /// - Returns: what is missing.
  fileprivate func declarations(
    by role: Role, before methods: [String], exchange: String?, queue: (Conversation.Step) -> String?
  ) -> Judgement {
    var uses: [(use: Conversation.Step, connection: Int, queue: String)] = []
    for conversation in roles[role].conversations {
      for step in conversation.sent where methods.contains(step.name) {
        if let name = queue(step) { uses.append((step, conversation.transcript.head.connection, name)) }
      }
    }
    guard !uses.isEmpty else { return .inapplicable("no \(methods.joined(separator: " or ")) was sent") }
    // Another connection of the same process may have declared; what counts is that it happened before.
    func isDeclared(_ name: String, _ field: String, _ value: String, before use: Conversation.Step, _ connection: Int)
      -> Bool
    {
      roles[role].conversations.contains { conversation in
        let isSame = conversation.transcript.head.connection == connection
        return conversation.sent.contains {
          $0.name == name && $0.text(field).utf8.elementsEqual(value.utf8) && (!isSame || $0.entry < use.entry)
        }
      }
    }
    var missing: [Observation] = []
    var since: Date?
    for (use, connection, queue) in uses {
      var here: [Observation] = []
      if let exchange, !isDeclared("exchange.declare", "exchange", exchange, before: use, connection) {
        here.append(Observation("no exchange.declare", of: exchange))
      }
      for method in ["queue.declare", "queue.bind"] where !isDeclared(method, "queue", queue, before: use, connection) {
        here.append(Observation("no \(method)", of: queue))
      }
      if !here.isEmpty { since = since ?? use.moment }
      missing += here
    }
    let expected = "declared and bound before each \(methods[0])"
    return missing.isEmpty
      ? .passed(expected)
      : .failed(expected: expected, observed: missing, of: uses.count * (exchange == nil ? 2 : 3), since: since)
  }
}

extension JSON {
  /// The types that a value can have in a table on the wire, by their tags, and what they are called.
  fileprivate var wireType: (tags: String, shown: String) {
    switch self {
    case .string: ("S", "a string (S)")
    case .bool: ("t", "a boolean (t)")
    default: ("bBsuIilL", "an integer tag (b B s u I i l L)")
    }
  }
}

extension Conversation.Step {
  /// The flags that are set, by name.
  func flags(_ names: String...) -> String { flags(of: names) }

  /// The flags that are set, of these names.
  func flags(of names: [String]) -> String { names.filter(flag).joined(separator: ", ") }

  /// The arguments of a declaration, each with its type tag.
  var arguments: [(name: String, tag: String, value: String)] {
    (fields["arguments"]?.objectValue ?? [:]).map { argument in
      guard let tagged = argument.value.objectValue?.first else {
        return (argument.key, "?", argument.value.description)
      }
      return (argument.key, tagged.key, tagged.value.description)
    }
  }

  /// The arguments without their tags, in the order of their names: the broker does not care for either.
  var argumentValues: String {
    arguments.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
  }

  var binding: ExpectedTopology.Binding {
    .init(queue: text("queue"), exchange: text("exchange"), routingKey: text("routing-key"))
  }
}
