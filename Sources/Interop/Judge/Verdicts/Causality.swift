/// Which failure of a check explains which other: what a peer does wrong (a cause), what follows from it for the same role,
/// and what becomes of others (a consequence).
enum Causality {
  /// Who is to blame for a consequence that no failed check explains.
  enum Fallback: Sendable {
    /// Whoever it happened to: it did it itself, in a way that no check reads.
    case own
    /// Nobody: the harness has not seen why.
    case nobody
  }

  /// Checks of what becomes of a call, not of what its peer sends.
  static let consequences: [String: Fallback] = [
    "outcome.open": .own, "outcome.put": .own, "outcome.serve": .own, "outcome.get": .own, "outcome.wait": .own,
    "outcome.close": .own, "connection.exception": .own, "publish.kept": .own, "publish.in-time": .own,
    "reject.kept": .own, "replay.fits": .nobody, "broker.clean": .nobody,
  ]

  /// Causes that hurt nobody else, and nothing that becomes of the peer itself follows from them.
  private static let harmless: Set<String> = [
    "identity.client", "connection.close", "connection.frame-max", "connection.channels", "payload.got", "json.golden",
    "publish.mandatory", "properties.correlation-id", "properties.priority", "properties.headers", "replay.bytes",
  ]

  /// Whether what became of a call may follow from a failure of this check, of the same role or of another one.
  static func mayHurt(_ check: String) -> Bool { consequences[check] == nil && !harmless.contains(check) }

  /// Checks of what a peer makes of the data that it got.
  static let handling: Set<String> = ["json.document", "payload.seen", "payload.result", "payload.got"]

  private static let names = ["naming.exchange", "naming.queue"]
  private static let hashes = ["hash.routing-key", "hash.declared-queue", "hash.consumed-queue"]
  private static let bodies = ["json.encoding", "json.document", "json.keys", "json.types"]

  /// The checks of the same role of which one has failed for the same reason, if a check has: one deviation is one cause.
  ///
  /// An implementation that hashes otherwise declares, binds, consumes and publishes otherwise; one that prints no JSON has
  /// neither keys nor data.
  private static let followed: [String: [String]] = [
    "naming.queue": ["naming.exchange"],
    "queue.arguments": names,
    "queue.argument-types": names + ["queue.arguments"],
    "binding.request": names,
    "binding.result": names,
    "binding.result-exchange": names + ["declare.result-exchange"],
    "declare.request": names + ["binding.request"],
    "declare.result": names + hashes + ["binding.result"],
    "declare.result-exchange": names,
    "publish.request": names,
    "publish.result": bodies + ["json.result-id-kept"],
    "publish.result-exchange": names + ["declare.result-exchange", "binding.result-exchange"],
    "hash.routing-key": ["naming.queue"],
    "hash.declared-queue": ["naming.queue", "hash.routing-key"],
    "hash.consumed-queue": ["naming.queue", "hash.declared-queue"],
    "json.document": ["json.encoding"],
    "json.keys": ["json.encoding", "json.document"],
    "json.types": ["json.encoding", "json.document", "json.keys"],
    "json.result-id": bodies + ["publish.request"],
    "json.result-id-kept": bodies,
    "json.type": bodies,
    "json.golden": bodies + [
      "json.result-id", "json.result-id-kept", "json.type", "payload.request", "payload.result",
    ],
    "payload.request": bodies,
    "payload.result": bodies + ["payload.seen"],
    "consume.request": names,
    "consume.result": names + hashes,
    "take.result": names + hashes + ["consume.result", "consumer.flags"],
    "ack.request": ["consumer.flags"],
    "ack.result": ["consumer.flags", "take.result"],
    "reject.requeue": ["consumer.flags", "take.result"],
    "ack.malformed": ["consumer.flags"],
    "reject.kept": ["reject.requeue"],
  ]

  /// The check whose failure a failure of another one of the same role follows from, and nothing else does; nil if it stands
  /// for itself.
  ///
  /// - Parameters:
  ///   - check: the check that failed.
  ///   - failed: all that failed of this role.
  /// - Returns: the check whose failure comes first.
  static func root(of check: String, among failed: Set<String>) -> String? {
    guard let first = followed[check]?.first(where: failed.contains) else { return nil }
    return root(of: first, among: failed) ?? first
  }

  /// All checks that are named here: a test sees to it that there are such.
  static var named: Set<String> {
    Set(consequences.keys).union(harmless).union(handling).union(followed.keys).union(followed.values.flatMap(\.self))
  }
}
