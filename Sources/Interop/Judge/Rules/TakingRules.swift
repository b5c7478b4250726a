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
      guard expected.allSatisfy(consumed.contains) else {
        return .failed(expected: expected.joined(separator: "; "), observed: consumed.joined(separator: "; ").orNone)
      }
      if let wait = peer.vain.first(where: peer.hadLeft) {
        return .failed(
          expected: "a consumer until the result is there, or the time is over",
          observed: "\(wait.resultID): every consumer was cancelled while it waited")
      }
      return .passed(expected.joined(separator: "; "))
    },
    Rule(
      "take.result", .required, [.putter, .getter],
      "a result that it waits for, and that is delivered to it, is handed on, and not given back"
    ) { evidence, role in
      let peer = evidence.roles[role]
      guard !peer.askedFor.isEmpty else { return .inapplicable("it asked for no result") }
      // In another result's queue it is another's, whatever its id.
      func isMeant(_ message: Message, _ wait: ResultWait) -> Bool {
        message.resultID == wait.resultID && message.isResult
          && message.routingKey == String(evidence.topology.resultQueueIndex(for: wait.resultID))
      }
      let missed = peer.vain.compactMap { wait in
        peer.delivered.map(\.message).first { message in
          isMeant(message, wait) && message.moment.map { wait.started <= $0 && $0 <= wait.nearlyDue } ?? false
        }
      }
      // Of several that wait at a time, each gives back what the others wait for; what it cannot hand on, its outcome says.
      let taken = evidence.cell.scenario.isConcurrent ? [] : peer.results.map(\.resultID)
      let givenBack = peer.waits.filter { taken.contains($0.resultID) }.flatMap { wait in
        peer.returned(in: wait).filter { isMeant($0, wait) }
      }
      guard !missed.isEmpty || !givenBack.isEmpty else {
        guard peer.vain.isEmpty else { return .inapplicable("nothing that it waited for in vain was delivered") }
        return peer.hasFailed(at: "get_result") ? .inapplicable(RoleEvidence.unfinished) : .passed("handed on")
      }
      return .failed(
        expected: "handed on",
        observed: missed.map {
          Observation("delivered, and waited for until its time was over", of: $0.resultID)
        } + givenBack.map { Observation("delivered, and given back while it was waited for", of: $0.resultID) },
        of: peer.waits.count, since: (missed + givenBack).compactMap(\.moment).min())
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

  /// What a consumer that was started for a wait took, and gave back before the wait was over.
  fileprivate func returned(in wait: ResultWait) -> [Message] {
    conversations.flatMap { conversation in
      conversation.delivered.filter { message in
        guard let started = conversation.consumer(of: message)?.moment, started >= wait.started else { return false }
        return conversation.settlements(of: message).contains { settlement in
          settlement.kind == .requeue && !settlement.isClosing && settlement.moment.map { $0 <= wait.ended } ?? false
        }
      }
    }
  }

  /// Whether it had cancelled all its consumers itself when there was time left for the result to come.
  fileprivate func hadLeft(_ wait: ResultWait) -> Bool {
    guard sent("basic.get").isEmpty else { return false }
    func count(_ method: String, by limit: Date) -> Int {
      sent(method).count { step in step.moment.map { $0 <= limit } ?? false }
    }
    let started = count("basic.consume", by: wait.ended)
    return started > 0 && count("basic.cancel", by: wait.nearlyDue) >= started
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
