internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

extension Rule {
  static let replayRules: [Rule] = [
    Rule("replay.fits", .required, Role.allCases, "where a recording plays the role: what happens fits it, to its end")
    { evidence, role in
      guard let replay = evidence.roles[role].replay else { return .inapplicable("the peer is live") }
      return replay.mismatch.map { .failed(expected: $0.expected, observed: $0.observed) }
        ?? .passed("played to its end")
    },
    Rule(
      "replay.bytes", .required, Role.allCases,
      "where a recording plays the role: its bytes went to the broker, but for tags that the broker chose"
    ) { evidence, role in
      guard let replay = evidence.roles[role].replay else { return .inapplicable("the peer is live") }
      let recorded = replay.recorded.transcript.afterHandshake
      let sent = evidence.roles[role].conversations.flatMap(\.transcript.afterHandshake)
      // The recording was cut where it does not close; then closing is ours.
      let played = sent.count == recorded.count + 1 ? sent.dropLast() : sent[...]
      guard played.count == recorded.count else {
        return .failed(expected: "\(recorded.count) frames", observed: "\(sent.count) frames")
      }
      for (number, pair) in zip(played, recorded).enumerated() where !pair.0.isReplay(of: pair.1) {
        return .failed(
          expected: "frame \(number + 1) after the handshake: \(pair.1.shown)", observed: pair.0.shown)
      }
      return .passed("\(recorded.count) frames")
    },
  ]
}

extension Transcript {
  /// What was sent to the broker once the connection was open.
  fileprivate var afterHandshake: [Frame] {
    let opened = entries.firstIndex { $0.frame.method?.name == "connection.open-ok" } ?? entries.endIndex
    return entries[opened...].filter { $0.direction == .toBroker && $0.frame.kind != .heartbeat }.map(\.frame)
  }
}

extension Frame {
  fileprivate var shown: String {
    let bytes = raw.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return "\(method?.name ?? "content") \(bytes.shortened(to: 120))"
  }
}
