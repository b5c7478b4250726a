internal import Foundation
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let consumerRules: [Rule] = [
    Rule(
      "consumer.flags", .required, Role.allCases,
      "consumers acknowledge by hand, and share their queue"
    ) { evidence, role in
      .all(
        evidence.roles[role].sent("basic.consume"), expected: "none of no-local, no-ack, exclusive",
        none: "nothing was consumed", { $0.flags("no-local", "no-ack", "exclusive").orNone }
      ) { $0.flags("no-local", "no-ack", "exclusive").isEmpty }
    },
    Rule("ack.request", .required, [.server], "each request taken is acknowledged exactly once") { evidence, role in
      let peer = evidence.roles[role]
      let settled = peer.settled
      // What it was not asked to serve goes back to the queue, as does what is no request and made it fail, or is there twice.
      let put = evidence.roles.putter.published.compactMap(\.resultID)
      let left = settled.enumerated().filter { number, delivery in
        delivery.kinds.isEmpty
          && (number >= peer.requestLimit || put.count { $0 == delivery.message.resultID } > 1
            || !delivery.message.isRequest && peer.hasFailed(at: "serve")
            || evidence.cell.scenario.hasSeveralServers && settled.contains { $0.isLater(than: delivery) })
      }.map(\.offset)
      return .all(
        settled.enumerated().filter { !left.contains($0.offset) }.map(\.element), expected: "ack",
        none: "no request was delivered", \.shown, { $0.kinds == [.ack] })
    },
    Rule(
      "ack.result", .required, [.getter],
      "each result is acknowledged exactly once, and in the order in which they are asked for"
    ) { evidence, role in
      let settled = evidence.roles[role].settled
      guard !settled.isEmpty else { return .inapplicable("no result was delivered") }
      let acknowledged = settled.filter { $0.kinds.contains(.ack) }
      if acknowledged.contains(where: { $0.kinds.count > 1 }) {
        return .all(
          acknowledged, expected: "ack", none: "no result was acknowledged", subject: \.message.resultID, \.shown
        ) { $0.kinds.count == 1 }
      }
      if let excuse = evidence.excuse(role) { return .inapplicable(excuse) }
      guard evidence.resultIDs.uniqued().count == evidence.resultIDs.count else {
        return .inapplicable("two requests have the same id: json.result-id says so")
      }
      // One that was published twice is acknowledged as often.
      let ids = acknowledged.compactMap(\.message.resultID).uniqued()
      let asked = evidence.roles[role].askedFor
      if evidence.roles[role].hasFailed(at: "get_result") {
        return asked.filter(ids.contains) == ids
          ? .inapplicable(RoleEvidence.unfinished)
          : .failed(
            expected: asked.joined(separator: ", then ").orNone, observed: ids.joined(separator: ", "),
            since: acknowledged.first?.moment)
      }
      let strangers = ids.filter { !asked.contains($0) }.map { Observation("ack, though not asked for", of: $0) }
      let left = asked.filter { !ids.contains($0) }.map { Observation("no ack", of: $0) }
      guard strangers.isEmpty, left.isEmpty else {
        return .failed(
          expected: asked.joined(separator: ", ").orNone, observed: strangers + left, of: asked.count + strangers.count,
          since: settled.first?.moment)
      }
      // Of several that wait at a time anyone may be first.
      guard !evidence.cell.scenario.isConcurrent else { return .passed(ids.sorted().joined(separator: ", ").orNone) }
      func shown(_ ids: [String]) -> String { ids.joined(separator: ", then ").orNone }
      return .equal(shown(ids), shown(asked), since: settled.first?.moment)
    },
    Rule(
      "reject.requeue", .required, [.putter, .getter],
      "each result for somebody else is rejected exactly once, with requeue"
    ) { evidence, role in
      guard role == .getter || !evidence.roles[role].askedFor.isEmpty else {
        return .inapplicable("it asked for no result")
      }
      // Where get_result failed otherwise than in time, what was left unsettled follows from that; what was settled is still
      // judged. What one leaves that goes as soon as it has its own goes back to the queue.
      let failures = evidence.roles[role].outcomes.filter { $0.operation == "get_result" }.compactMap(\.error)
      let mayLeave = failures.contains { $0.kind != .timeout } || evidence.cell.scenario.isConcurrent
      // What comes when it has been told to close goes back by itself.
      let told = evidence.roles[role].toldToClose ?? .distantFuture
      func mayBeLeft(_ delivery: SettledDelivery) -> Bool {
        delivery.kinds.isEmpty && (mayLeave || delivery.moment.map { $0 > told } ?? false)
      }
      return .all(
        evidence.roles[role].settled.filter { !$0.kinds.contains(.ack) && !mayBeLeft($0) },
        expected: "reject with requeue", none: "every result delivered was acknowledged", \.shown
      ) { $0.kinds == [.requeue] && !(role == .putter && $0.isClosing) }
    },
    Rule(
      "ack.malformed", .recommended, [.getter],
      "what is no result is taken out of its queue: given back, it comes again"
    ) { evidence, role in
      // What a server has published is the server's affair, and a reader that knows nothing of it is not to blame.
      guard evidence.cell.scenario.publishesMalformed else {
        return .inapplicable("the scenario puts nothing malformed")
      }
      return .all(
        // One that is never settled is another check's affair.
        evidence.roles[role].settled.filter { $0.message.json == nil && !$0.kinds.isEmpty && !$0.isClosing },
        expected: "ack, or reject without requeue", none: "nothing malformed was settled", \.shown,
        { !$0.kinds.contains(.requeue) })
    },
    Rule(
      "reject.kept", .required, [.getter], "a result for somebody else that came by is still there for them"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard let isKept = peer.isKept else { return .inapplicable("nobody looked") }
      guard !peer.settled.isEmpty else { return .inapplicable("no result was delivered") }
      let returns = peer.settled.count { $0.kinds.contains(.requeue) }
      // How often depends on time, and is told only where it is not as it must be.
      return isKept
        ? .passed("in its queue")
        : .failed(
          expected: "in its queue",
          observed: "not in its queue, after \(returns) returns: a quorum queue drops what comes back too often")
    },
    // A getter's are found by what becomes of each result.
    Rule(
      "ack.multiple", .required, [.server], "a request that is acknowledged together with others has been answered"
    ) { evidence, role in
      let peer = evidence.roles[role]
      return .all(
        peer.settled.filter { !$0.kinds.isEmpty }, expected: "answered, if acknowledged together with others",
        none: "nothing was settled", \.shown
      ) { delivery in
        !delivery.message.isRequest
          || delivery.settlements.allSatisfy { !$0.multiple || peer.hasAnswered(delivery, before: $0) }
      }
    },
    Rule(
      "consumer.cancelled", .recommended, [.putter, .getter],
      "a getter cancels its consumer: an idle one takes others' results and holds them"
    ) { evidence, role in
      guard !evidence.roles[role].isCut else { return .inapplicable(RoleEvidence.cut) }
      guard role == .getter || !evidence.roles[role].askedFor.isEmpty else {
        return .inapplicable("it asked for no result")
      }
      guard !evidence.roles[role].hasFailed(at: "get_result") else { return .inapplicable(RoleEvidence.unfinished) }
      // One that closes as soon as it has given up may not come to it.
      let operations = evidence.roles[role].outcomes.map(\.operation)
      guard !zip(operations, operations.dropFirst() + ["close"]).contains(where: { $0 == ("wait", "close") }) else {
        return .inapplicable("it waited in vain, and left")
      }
      let conversations = evidence.roles[role].conversations
      let started = conversations.map { $0.sent("basic.consume").count }.reduce(0, +)
      // Those of a queue that somebody has deleted are cancelled by the broker.
      let cancelled = conversations.map { conversation in
        conversation.sent("basic.cancel").count + conversation.received.count { $0.name == "basic.cancel" }
      }.reduce(0, +)
      guard started > 0 else { return .inapplicable("nothing was consumed") }
      return cancelled >= started
        ? .passed("\(started) of \(started) consumers cancelled")
        : .failed(
          expected: "each consumer is cancelled",
          observed: Array(repeating: Observation("not cancelled"), count: started - cancelled), of: started)
    },
  ]
}

/// What became of a delivery.
struct SettledDelivery: OnWire {
  let message: Message
  /// How it was settled: by nothing, once, or more than once.
  let settlements: [Conversation.Settlement]
  /// Which of the peer's connections it came on.
  let connection: Int

  var kinds: [Conversation.Settlement.Kind] { settlements.map(\.kind) }
  /// Whether that was when the peer had begun to close.
  var isClosing: Bool { settlements.contains(where: \.isClosing) }
  var shown: String {
    let settled = settlements.map(\.description).joined(separator: ", then ").orNone
    return message.json == nil ? "\(settled), of what is no message" : settled
  }
  var moment: Date? { message.moment }

  /// Whether it is the same message, delivered once more.
  func isLater(than other: SettledDelivery) -> Bool {
    guard let id = message.resultID, id == other.message.resultID, let mine = moment, let its = other.moment else {
      return false
    }
    return mine > its
  }
}

extension RoleEvidence {
  /// What became of each delivery.
  var settled: [SettledDelivery] {
    conversations.enumerated().flatMap { number, conversation in
      conversation.delivered.compactMap { message in
        let settlements = conversation.settlements(of: message)
        // Where a recording was cut, there is no more to be seen.
        if isCut, settlements.isEmpty { return nil }
        return SettledDelivery(message: message, settlements: settlements, connection: number)
      }
    }
  }

  /// Whether a request's result was put before it was settled so.
  fileprivate func hasAnswered(_ request: SettledDelivery, before settlement: Conversation.Settlement) -> Bool {
    conversations.enumerated().contains { number, conversation in
      conversation.published.contains { result in
        guard result.resultID == request.message.resultID else { return false }
        if number == request.connection { return result.entry < settlement.entry }
        guard let put = result.moment, let settled = settlement.moment else { return true }
        return put <= settled
      }
    }
  }

  static let unfinished = "get_result failed: what it left undone follows from that"
  static let cut = "the recording was cut before its last deliveries were settled"
}
