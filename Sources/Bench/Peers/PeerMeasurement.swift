/// What a peer's adapters did, one call at a time: a process that puts the request and gets the result, and one that serves.
package struct PeerMeasurement: Codable, Hashable, Sendable {
  package var peer: String
  /// Versions, as its adapter says; nil of one that is not live.
  package var implementation, runtime: String?
  /// Why it is not live, or could not be measured; nil if it was.
  package var reason: String?
  /// With the times of the pipe in them: a call is two questions.
  package var rounds: [Round] = []
  /// What an adapter takes for a question that it refuses: the pipe and its own reading and writing, in milliseconds, median.
  package var pipeMilliseconds: Double?

  package init(peer: String, reason: String? = nil) {
    self.peer = peer
    self.reason = reason
  }

  package func summary(_ figure: (Round) -> Double?) -> Summary? { Summary(rounds.compactMap(figure)) }

  /// The median of a call without the pipe, in milliseconds; nil if it was not measured.
  package var p50WithoutPipe: Double? {
    guard let p50 = summary(\.p50)?.median, let pipeMilliseconds else { return nil }
    return max(0, p50 - 2 * pipeMilliseconds)
  }

  /// The name of the folder of this checkout's own peer.
  static let own = "swift"
}
