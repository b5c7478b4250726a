internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let hashRules: [Rule] = [
    Rule("hash.routing-key", .required, [.server], "a result's routing key is the index that its id hashes to") {
      evidence, role in
      let results = evidence.published(role).filter { $0.resultID != nil }
      return .all(
        results, expected: evidence.expectedIndexes(for: role), none: "no result was published",
        subject: \.resultID, \.routingKey
      ) { $0.routingKey == String(evidence.topology.resultQueueIndex(for: $0.resultID ?? "")) }
    },
    queue("hash.declared-queue", "queue.declare", "the result queue declared is that of the index the id hashes to"),
    queue("hash.consumed-queue", "basic.consume", "the result queue consumed is that of the index the id hashes to"),
  ]

  private static func queue(_ id: String, _ method: String, _ meaning: String) -> Rule {
    Rule(id, .required, method == "basic.consume" ? [.getter] : [.server, .getter], meaning) { evidence, role in
      let steps = evidence.roles[role].sent(method).filter { !evidence.isRequestQueue($0.text("queue")) }
      guard !evidence.resultIDs(for: role).isEmpty else { return .inapplicable("there is no result id") }
      return .all(
        steps, expected: evidence.expectedIndexes(for: role), none: "no result queue was named in \(method)",
        { $0.text("queue") }
      ) { step in
        evidence.topology.resultQueueIndex(ofQueue: step.text("queue"))
          .map(evidence.resultIndexes(for: role).contains) ?? false
      }
    }
  }
}

extension Evidence {
  fileprivate func expectedIndexes(for role: Role) -> String {
    resultIDs(for: role).map { "\($0): \(topology.resultQueueIndex(for: $0))" }.joined(separator: "; ").orNone
  }
}
