internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// What a recorded connection did after its handshake: frames to send, and events that came before the next of them.
struct ReplayScript: Sendable {
  enum Step: Sendable {
    /// A frame of the implementation, to be sent as it is.
    case send(Frame)
    /// What the broker sent then.
    case await(ReplayEvent)
  }

  let steps: [Step]
  /// The answer to the broker's limits: it decides how bodies are cut into frames.
  let tuneOK: Frame

  /// - Throws: ``InteropError`` if the transcript has no handshake.
  init(_ recorded: RecordedConversation) throws(InteropError) {
    let entries = recorded.transcript.entries
    guard let start = entries.firstIndex(where: { $0.frame.method?.name == "connection.open-ok" }),
      let tuneOK = entries.first(where: { $0.frame.method?.name == "connection.tune-ok" })?.frame
    else { throw InteropError("\(recorded.name) has no complete handshake: it cannot be replayed") }
    self.tuneOK = tuneOK
    var steps: [Step] = []
    var events = ReplayEvents()
    for entry in entries[(start + 1)...] {
      if entry.frame.kind == .heartbeat { continue }
      switch entry.direction {
      case .toBroker: steps.append(.send(entry.frame))
      case .fromBroker: if let event = events.add(entry.frame) { steps.append(.await(event)) }
      }
    }
    self.steps = steps
  }

  /// The frames that the implementation sent.
  var sent: [Frame] { steps.compactMap { if case .send(let frame) = $0 { frame } else { nil } } }
  /// Whether the implementation closed the connection before the recording ended.
  var closes: Bool { sent.contains { $0.method?.name == "connection.close" } }
  /// The messages that were delivered to it, in order.
  var delivered: [ReplayEvent] {
    steps.compactMap { if case .await(let event) = $0, event.method == "basic.deliver" { event } else { nil } }
  }
}
