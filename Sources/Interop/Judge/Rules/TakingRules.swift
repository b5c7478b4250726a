internal import Foundation
internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// Whether a peer takes what there is for it.
extension Rule {
  static let takingRules: [Rule] = [
    Rule("consume.request", .required, [.server], "a server that is to serve consumes the request queue") {
      evidence, role in
      let peer = evidence.roles[role]
      guard peer.outcomes.contains(where: { $0.operation == "serve" }) else {
        return .inapplicable("it was not asked to serve")
      }
      if let excuse = peer.excuseForTakingNothing { return .inapplicable(excuse) }
      let queues = peer.consumed
      return queues.contains(where: evidence.isRequestQueue)
        ? .passed(evidence.topology.requestQueue)
        : .failed(expected: evidence.topology.requestQueue, observed: queues.joined(separator: "; ").orNone)
    },
    Rule(
      "consume.result", .required, [.putter, .getter],
      "who waits for a result consumes the queue that the result's id hashes to"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard !peer.askedFor.isEmpty else { return .inapplicable("it asked for no result") }
      if let excuse = peer.excuseForTakingNothing { return .inapplicable(excuse) }
      let expected = peer.askedFor.map {
        evidence.topology.resultQueue(at: evidence.topology.resultQueueIndex(for: $0))
      }
      .uniqued()
      let consumed = peer.consumed
      return expected.allSatisfy(consumed.contains)
        ? .passed(expected.joined(separator: "; "))
        : .failed(expected: expected.joined(separator: "; "), observed: consumed.joined(separator: "; ").orNone)
    },
    Rule(
      "take.result", .required, [.putter, .getter],
      "a result that it waits for, and that is delivered to it, is handed on"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard !peer.vain.isEmpty else { return .inapplicable("it did not wait in vain") }
      let missed = peer.vain.compactMap { wait in
        peer.delivered.map(\.message).first { message in
          // What comes in the last second may come too late.
          message.resultID == wait.resultID && message.isResult
            && message.moment.map { wait.started <= $0 && $0 <= wait.ended.addingTimeInterval(-1) } ?? false
        }
      }
      return .all(
        missed, expected: "handed on", none: "nothing that it waited for was delivered",
        { "\($0.resultID ?? "") was delivered, and waited for until its time was over" }, { _ in false })
    },
    Rule(
      "consumer.count", .recommended, Role.allCases, "a peer has one consumer at most for each thing that it waits for"
    ) { evidence, role in
      let peer = evidence.roles[role]
      // Each basic.get counts as a consumer of its own.
      let started = peer.sent("basic.consume") + peer.sent("basic.get")
      guard !started.isEmpty else { return .inapplicable("nothing was consumed") }
      if role == .server {
        // It may consume as it is opened, or each time that it is to serve.
        let piled = peer.conversations.map(\.mostConsumers).max() ?? 0
        return piled > 1
          ? .failed(expected: "one at a time", observed: "\(piled) consumers at a time", since: started.last?.moment)
          : .passed("one at a time")
      }
      // One that the broker has cancelled is started anew.
      let ended = peer.conversations.flatMap(\.received).count { $0.name == "basic.cancel" }
      let waits = peer.outcomes.count { ["get_result", "wait"].contains($0.operation) }
      guard waits > 0 else { return .inapplicable("it waited for nothing") }
      return started.count <= waits + ended
        ? .passed("\(started.count) consumers")
        : .failed(
          expected: "\(waits + ended) consumers at most", observed: "\(started.count) consumers",
          since: started.last?.moment)
    },
    Rule(
      "consumer.prefetch", .recommended, Role.allCases,
      "a getter may have 1000 results in hand at least (basic.qos): of a few, others' would keep its own from it"
    ) { evidence, role in
      let limits = evidence.roles[role].sent("basic.qos")
      let takesResults = evidence.roles[role].consumed.contains { !evidence.isRequestQueue($0) }
      return .all(
        limits,
        expected: takesResults
          ? "prefetch-count 0 (no limit) or \(leastPrefetch) at least, no prefetch-size"
          : "no prefetch-size",
        none: "nothing was limited",
        { "prefetch-count \($0.number("prefetch-count") ?? 0), prefetch-size \($0.number("prefetch-size") ?? 0)" }
      ) { ($0.number("prefetch-size") ?? 0) == 0 && (!takesResults || $0.isWide) }
    },
  ]
}

extension Conversation {
  /// How many consumers there were at a time, at most.
  fileprivate var mostConsumers: Int {
    var (now, most) = (0, 0)
    for step in sent {
      if step.name == "basic.consume" { now += 1 } else if step.name == "basic.cancel" { now -= 1 }
      most = max(most, now)
    }
    return most - received.count { $0.name == "basic.cancel" }
  }
}

/// How many results others may leave in a queue while one is waited for, as a rule.
private let leastPrefetch: UInt64 = 1000

extension Conversation.Step {
  fileprivate var isWide: Bool {
    let count = number("prefetch-count") ?? 0
    return count == 0 || count >= leastPrefetch
  }
}

extension RoleEvidence {
  /// The queues that it took messages from, in any way.
  fileprivate var consumed: [String] {
    ["basic.consume", "basic.get"].flatMap(sent).map { $0.text("queue") }.uniqued()
  }

  /// Why it is not its doing that it consumes nothing; nil if it is.
  fileprivate var excuseForTakingNothing: String? {
    if replay != nil { return "a recording plays: replay.fits says whether it does" }
    if hasMetException { return "the broker raised an exception: connection.exception says so" }
    if hasBroken || hasFailed(at: "open") { return "it failed otherwise: its outcome says how" }
    // What an implementation refuses at once, it does not wait for.
    return outcomes.contains {
      ["serve", "get_result"].contains($0.operation) && $0.error.map { $0.kind != .timeout } ?? false
    }
      ? "it failed otherwise: its outcome says how" : nil
  }
}
