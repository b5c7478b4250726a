internal import InteropModel
internal import SyRPCWire
internal import WireTap

/// How far a replay has come: a state machine that is told what the broker sends, and says what is to be sent next.
///
/// What the broker sends may come in another order than it did when it was recorded, as long as the recording has a
/// place for it. Content is compared as a JSON value, since the other side may be another implementation; so are not
/// the exchange that a message came through, its properties, and whether it was delivered before.
struct ReplayProgress: Sendable {
  enum Next: Sendable, Equatable {
    case send([UInt8])
    case wait
    case done
  }

  private let steps: [ReplayScript.Step]
  private var position = 0
  /// What came and has not had its turn.
  private var inbox: [ReplayEvent] = []
  /// The recorded tags and those of now.
  private var deliveryTags: [Delivery: UInt64] = [:]
  private var consumerTags: [String: String] = [:]

  private struct Delivery: Hashable {
    let channel: UInt16
    let tag: UInt64
  }

  init(_ script: ReplayScript) { steps = script.steps }

  /// The next thing to do.
  ///
  /// - Throws: ``ReplayMismatch`` if something is left that the recording has no place for.
  mutating func next() throws(ReplayMismatch) -> Next {
    while position < steps.count {
      switch steps[position] {
      case .send(let frame):
        position += 1
        return .send(try translated(frame))
      case .await(let expected):
        guard let index = inbox.firstIndex(where: { fits($0, expected) }) else { return .wait }
        note(inbox.remove(at: index), expected)
        position += 1
      }
    }
    if let event = inbox.first { throw ReplayMismatch(expected: "nothing more", observed: event.shown) }
    return .done
  }

  /// Takes what the broker sends.
  ///
  /// - Throws: ``ReplayMismatch`` if the rest of the recording has no place for it.
  mutating func received(_ event: ReplayEvent) throws(ReplayMismatch) {
    let isForeseen = steps[position...].contains { step in
      if case .await(let expected) = step { fits(event, expected) } else { false }
    }
    guard isForeseen else { throw ReplayMismatch(expected: expected, observed: event.shown) }
    inbox.append(event)
  }

  /// The mismatch if nothing more comes.
  var overdue: ReplayMismatch {
    let came = inbox.isEmpty ? "nothing" : "out of turn: " + inbox.map(\.shown).joined(separator: "; ")
    return ReplayMismatch(expected: expected, observed: came)
  }

  /// What the recording waits for, in words.
  private var expected: String {
    for step in steps[position...] { if case .await(let event) = step { return event.shown } }
    return "nothing more"
  }

  private func fits(_ event: ReplayEvent, _ expected: ReplayEvent) -> Bool {
    guard event.channel == expected.channel, event.method == expected.method else { return false }
    switch event.method {
    case "basic.deliver", "basic.get-ok", "basic.return":
      return event.json == expected.json && (event.json != nil || event.body == expected.body)
    case "basic.cancel-ok":
      let recorded = expected.text("consumer-tag") ?? ""
      return event.text("consumer-tag") == consumerTags[recorded] ?? recorded
    case "queue.declare-ok": return event.text("queue") == expected.text("queue")
    // Its tag is new each time, if the broker chose it.
    case "basic.consume-ok": return true
    default: return event.fields == expected.fields
    }
  }

  private mutating func note(_ event: ReplayEvent, _ expected: ReplayEvent) {
    switch event.method {
    case "basic.consume-ok": consumerTags[expected.text("consumer-tag") ?? ""] = event.text("consumer-tag")
    case "basic.deliver", "basic.get-ok":
      guard let recorded = expected.number("delivery-tag") else { return }
      deliveryTags[Delivery(channel: expected.channel, tag: recorded)] = event.number("delivery-tag")
    default: break
    }
  }

  /// The bytes of a recorded frame, with the tags of now.
  private func translated(_ frame: Frame) throws(ReplayMismatch) -> [UInt8] {
    guard let method = frame.method, Frame.taggedMethods.contains(method.name) else { return frame.raw }
    if method.name == "basic.cancel" {
      let recorded = method.fields["consumer-tag"]?.stringValue ?? ""
      return consumerTags[recorded].map { MethodFrame.cancel(frame.raw, recorded: recorded, $0) } ?? frame.raw
    }
    guard let recorded = method.fields["delivery-tag"].flatMap({ UInt64($0.stringValue ?? $0.description) }),
      let tag = deliveryTags[Delivery(channel: frame.channel, tag: recorded)]
    else {
      throw ReplayMismatch(
        expected: "a delivery to be settled by \(method.name)", observed: "the recording's delivery never came")
    }
    return MethodFrame.settle(frame.raw, tag)
  }
}
