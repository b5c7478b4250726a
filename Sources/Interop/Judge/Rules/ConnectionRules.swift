internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  /// RabbitMQ refuses a smaller one from 4.1 on, with which it takes larger tokens in start-ok (its release notes for 4.1.0);
  /// AMQP 0-9-1 itself knows 4096 as the smallest (§4.2.3, frame-min-size).
  private static let smallestFrameMax: UInt64 = 8192

  /// One to put, one to take, each with one in reserve; scenarios with more calls than that show one that is left for each.
  private static let mostChannels = 4

  /// Methods that take away what others use.
  private static let destructive = [
    "queue.delete", "queue.purge", "queue.unbind", "exchange.delete", "exchange.unbind", "basic.recover",
    "basic.recover-async",
  ]

  private static let usual: Set<String> = [
    "connection.start-ok", "connection.secure-ok", "connection.tune-ok", "connection.open", "connection.close",
    "connection.close-ok", "channel.open", "channel.close", "channel.close-ok", "channel.flow-ok", "exchange.declare",
    "queue.declare", "queue.bind", "basic.qos", "basic.consume", "basic.cancel", "basic.cancel-ok", "basic.publish",
    "basic.get", "basic.ack", "basic.reject", "basic.nack", "confirm.select",
  ]

  static let connectionRules: [Rule] = [
    Rule("connection.exception", .required, Role.allCases, "the broker raises no exception") { evidence, role in
      let conversations = evidence.roles[role].conversations
      guard !conversations.isEmpty else { return .inapplicable("no connection was made") }
      let exceptions = conversations.flatMap(\.received).filter {
        $0.name == "channel.close" || $0.name == "connection.close"
      }
      return .none(exceptions) { $0.text("reply-text") }
    },
    Rule("connection.close", .recommended, Role.allCases, "connections are closed in an orderly way") {
      evidence, role in
      guard !evidence.roles[role].hasBroken else { return .inapplicable("the peer broke: its outcome says how") }
      guard !evidence.roles[role].conversations.contains(where: \.isChannelClosedByBroker) else {
        return .inapplicable("the broker closed its channel: connection.exception says so")
      }
      return .all(
        evidence.roles[role].conversations, expected: "connection.close and connection.close-ok",
        none: "no connection was made",
        { $0.transcript.ending.description + ($0.isOrderly ? ", orderly" : ", without connection.close") }, \.isOrderly)
    },
    Rule(
      "connection.frame-max", .recommended, Role.allCases,
      "the frame size asked for (tune-ok) is no larger than offered, and 8192 bytes at least: RabbitMQ 4.1 takes no less"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard peer.replay == nil else { return .inapplicable("a recording plays: the handshake is the player's") }
      let offered =
        peer.conversations.flatMap(\.received).filter { $0.name == "connection.tune" }
        .compactMap { $0.number("frame-max") }.filter { $0 > 0 }.min() ?? .max
      // 0 asks for no limit, which the broker refuses or takes by its own.
      return .all(
        peer.sent("connection.tune-ok"),
        expected: "at least \(smallestFrameMax), \(offered == .max ? "" : "at most \(offered), ")or 0 for no limit",
        none: "no connection was tuned",
        { $0.number("frame-max").map(String.init) ?? "none" },
        { $0.number("frame-max").map { $0 == 0 || $0 >= smallestFrameMax && $0 <= offered } ?? false })
    },
    Rule(
      "connection.channels", .recommended, Role.allCases,
      "channels do not pile up: one that is opened for a call is closed after it"
    ) { evidence, role in
      .all(
        evidence.roles[role].conversations.filter { !$0.sent("channel.open").isEmpty },
        expected: "\(mostChannels) open at a time at most", none: "no channel was opened",
        { "\($0.mostChannels) open at a time" }, { $0.mostChannels <= mostChannels })
    },
    Rule("connection.virtual-host", .required, Role.allCases, "the virtual host is the one that the peer was told") {
      evidence, role in
      let peer = evidence.roles[role]
      guard peer.replay == nil else { return .inapplicable("a recording plays: the handshake is the player's") }
      guard let expected = evidence.virtualHost else { return .inapplicable("nobody noted which one it was told") }
      return .all(
        peer.sent("connection.open"), expected: expected, none: "no connection was opened",
        { $0.text("virtual-host") }, { $0.text("virtual-host").utf8.elementsEqual(expected.utf8) })
    },
    Rule(
      "connection.methods", .required, Role.allCases, "nothing that others use is deleted, emptied or unbound"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard !peer.conversations.isEmpty else { return .inapplicable("no connection was made") }
      return .none(
        destructive.flatMap(peer.sent), subject: { "\($0.text("queue"))\($0.text("exchange"))" }, \.name)
    },
    Rule(
      "connection.unusual", .informational, Role.allCases,
      "only methods are sent that a client or a server of SyRPC needs"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard !peer.conversations.isEmpty else { return .inapplicable("no connection was made") }
      return .none(
        peer.conversations.flatMap(\.sent).filter { !usual.contains($0.name) && !destructive.contains($0.name) }, \.name
      )
    },
    Rule("connection.frames", .required, Role.allCases, "everything sent is AMQP 0-9-1, to the last byte") {
      evidence, role in
      .all(
        evidence.roles[role].conversations, expected: "nothing left over", none: "no connection was made",
        \.leftOver, { $0.leftOver == "nothing left over" })
    },
  ]

  /// Judged once for a cell: it is nobody's in particular.
  package static let brokerClean = Rule(
    "broker.clean", .required, [], "no message and no consumer is left when all have closed"
  ) { evidence, _ in
    guard !Role.allCases.contains(where: { evidence.roles[$0].isCut }) else { return .inapplicable(RoleEvidence.cut) }
    if let problem = evidence.brokerProblem {
      return .failed(expected: "a broker that can be looked at", observed: problem)
    }
    if evidence.cell.scenario.publishesMalformed,
      let role = Role.allCases.first(where: { evidence.roles[$0].settled.contains { $0.kinds.isEmpty } })
    {
      return .inapplicable("the \(role.rawValue) left what is no message: its acknowledgements say so")
    }
    if let failed = Role.allCases.first(where: { evidence.roles[$0].hasFailed }) {
      return .inapplicable("the \(failed.rawValue) failed: what is left follows from that")
    }
    return .none(evidence.leftovers ?? [], subject: \.queue) { "\($0.messages) messages, \($0.consumers) consumers" }
  }
}

extension Conversation {
  fileprivate var isChannelClosedByBroker: Bool { received.contains { $0.name == "channel.close" } }

  /// How many channels were open at a time, at most.
  fileprivate var mostChannels: Int {
    let steps = (sent + received).filter { $0.name == "channel.open" || $0.name == "channel.close" }
    var open: Set<UInt16> = []
    var most = 0
    for step in steps.sorted(by: { $0.entry < $1.entry }) {
      if step.name == "channel.open" { open.insert(step.channel) } else { open.remove(step.channel) }
      most = max(most, open.count)
    }
    return most
  }

  fileprivate var isOrderly: Bool {
    sent.contains { $0.name == "connection.close" } && received.contains { $0.name == "connection.close-ok" }
      || received.contains { $0.name == "connection.close" }
  }

  fileprivate var leftOver: String {
    let problems =
      transcript.undecoded.map { "\($0.key.rawValue): \($0.value.bytes) bytes, \($0.value.reason)" }
      + contents.incomplete.map { "\($0.method) without all of its content" }
      + (contents.stray.isEmpty ? [] : ["\(contents.stray.count) content frames without a method"])
    return problems.isEmpty ? "nothing left over" : problems.sorted().joined(separator: "; ")
  }
}
