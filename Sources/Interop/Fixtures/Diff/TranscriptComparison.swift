internal import InteropModel
internal import InteropSupport
internal import SyRPCWire
internal import WireTap

/// What is different between two recordings of the same thing.
///
/// Both are compared in their canonical form: times, ids and the broker's tags are no difference.
struct TranscriptComparison {
  private(set) var changes: [FixtureChange] = []
  /// Whether the files differ, and only in what the canonical form leaves out.
  let isSameConversation: Bool

  private let peer: String
  private let name: String

  init(_ name: String, _ before: Transcript, _ after: Transcript) {
    let (old, new) = (before.canonicalRecording, after.canonicalRecording)
    (peer, self.name) = (new.head.peer, name)
    isSameConversation = old == new && before != after
    guard old != new else { return }
    compareHeads(old, new)
    let steps = (ConversationSteps(old), ConversationSteps(new))
    compare(steps.0.sent, steps.1.sent) { step in Self.subject(step) }
    compareMessages(steps.0.sent, steps.1.sent)
    compare(steps.0.received, steps.1.received) { step in
      step.name == "connection.start" ? "the broker" : "what the broker sent"
    }
    if changes.isEmpty { noteFrames(old, new) }
  }

  // MARK: Heads

  private mutating func compareHeads(_ old: Transcript, _ new: Transcript) {
    for change in ValueComparison(.object(old.head.facts), .object(new.head.facts)).changes {
      note(
        "facts of the recording", ([change.pattern] + (change.fate.map { [$0] } ?? [])).joined(separator: " "),
        change.old?.shortText, change.new?.shortText, path: "first line, facts.\(change.path)",
        Array((change.old?.shortText ?? "").utf8), Array((change.new?.shortText ?? "").utf8))
    }
    for (what, before, after) in [
      ("peer", old.head.peer, new.head.peer), ("role", old.head.role, new.head.role),
      ("end of the connection", old.ending.description, new.ending.description),
    ] where before != after {
      note("connection", what, before, after, path: what, Array(before.utf8), Array(after.utf8))
    }
  }

  // MARK: Steps

  private typealias Step = ConversationSteps.Step

  /// What a step is a property of, for a sentence.
  private static func subject(_ step: Step) -> String {
    switch step.name {
    case "queue.declare", "exchange.declare": step.subject
    case "queue.bind", "exchange.bind": "binding of the \(step.subject)"
    case "basic.consume": "consumer of the \(step.subject)"
    case "basic.publish": step.subject
    case "basic.ack", "basic.nack", "basic.reject": "acknowledgements"
    case "basic.qos": "prefetch"
    case "connection.start-ok": "client properties"
    case let name where name.hasPrefix("connection."): "connection"
    case let name where name.hasPrefix("channel."): "channels"
    case let name: name
    }
  }

  private mutating func compare(_ old: [Step], _ new: [Step], place: (Step) -> String) {
    let difference = new.map(\.signature).difference(from: old.map(\.signature))
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    let kept = (old.indices.filter { !removed.contains($0) }, new.indices.filter { !inserted.contains($0) })
    for (before, after) in zip(kept.0, kept.1) { compare(old[before], new[after], place(new[after])) }

    // What is gone here and new there has only changed its place.
    var gone = removed.sorted()
    var come: [Int] = []
    for index in inserted.sorted() {
      let step = new[index]
      guard let match = gone.firstIndex(where: { old[$0].signature == step.signature }) else {
        come.append(index)
        continue
      }
      let before = old[gone.remove(at: match)]
      note(
        place(step), "\(step.name) comes \(step.frame < before.frame ? "earlier" : "later")", nil, nil, step,
        before.raw,
        step.raw)
      compare(before, step, place(step))
    }
    for run in Self.runs(come) { noteRun(run.map { new[$0] }, "new", place) }
    for run in Self.runs(gone) { noteRun(run.map { old[$0] }, "gone", place) }
  }

  /// Beyond so many steps in a row, they are told together.
  private static let longestListedRun = 5

  /// Numbers that follow one another, together.
  private static func runs(_ numbers: [Int]) -> [[Int]] {
    numbers.reduce(into: []) { runs, number in
      if runs.last?.last == number - 1 { runs[runs.count - 1].append(number) } else { runs.append([number]) }
    }
  }

  private mutating func noteRun(_ steps: [Step], _ fate: String, _ place: (Step) -> String) {
    let isNew = fate == "new"
    if steps.count > Self.longestListedRun, let first = steps.first, let last = steps.last {
      let text = "\(steps.count.counted("step")) in a row, \(first.name) to \(last.name)"
      let bytes = steps.flatMap(\.raw)
      note(
        "course of the conversation", "steps are \(fate)", isNew ? nil : text, isNew ? text : nil, first,
        isNew ? [] : bytes, isNew ? bytes : [])
      return
    }
    for step in steps {
      note(
        place(step), "\(step.name) is \(fate)", isNew ? nil : step.reason, isNew ? step.reason : nil, step,
        isNew ? [] : step.raw, isNew ? step.raw : [])
    }
  }

  private mutating func compare(_ old: Step, _ new: Step, _ place: String) {
    if old.channel != new.channel {
      note(place, "channel of \(new.name)", "\(old.channel)", "\(new.channel)", new, old.raw, new.raw)
    }
    compareTable(old.fields, new.fields, place, old, new, isTop: true) { $0 }
  }

  /// Messages belong together by their call, whatever else is sent between them.
  private mutating func compareMessages(_ old: [Step], _ new: [Step]) {
    struct Key: Hashable {
      let subject: String
      let call: Substring
    }
    let before = Dictionary(
      old.filter { $0.properties != nil }.map { (Key(subject: $0.subject, call: $0.call), $0) }
    ) { first, _ in first }
    for step in new where step.properties != nil {
      if let earlier = before[Key(subject: step.subject, call: step.call)] { compareMessage(earlier, step) }
    }
  }

  private mutating func compareMessage(_ old: Step, _ new: Step) {
    let place = Self.subject(new)
    compareTable(old.properties ?? [:], new.properties ?? [:], place, old, new) { "property \($0)" }
    for change in BodyComparison(old.body, new.body).changes {
      note(place, change.what, change.old, change.new, new, old.body, new.body, part: .body)
    }
    if old.bodyFrames != new.bodyFrames, old.body.count == new.body.count {
      note(place, "frames of a body", "\(old.bodyFrames)", "\(new.bodyFrames)", new, old.raw, new.raw)
    }
  }

  /// What says nothing of the program: the broker's choices, what is hidden, what is reserved.
  private static func isIgnored(_ field: String) -> Bool {
    Frame.brokersChoices.contains(field) || field == "response" || field.hasPrefix("reserved-")
  }

  private mutating func compareTable(
    _ old: JSONObject, _ new: JSONObject, _ place: String, _ before: Step, _ after: Step, isTop: Bool = false,
    name: (String) -> String
  ) {
    let isHeader = !isTop && after.properties != nil
    let part = isHeader ? Part.header : .method
    let (left, right) = isHeader ? (before.header, after.header) : (before.raw, after.raw)
    let keys = Array(old.keys) + new.keys.filter { old[$0] == nil }
    for key in keys where !(isTop && Self.isIgnored(key)) {
      switch (old[key], new[key]) {
      case (nil, let value?): note(place, "\(name(key)) is new", nil, value.untagged, after, left, right, part: part)
      case (let value?, nil): note(place, "\(name(key)) is gone", value.untagged, nil, after, left, right, part: part)
      case (let value?, let other?) where value != other || value.description != other.description:
        if let tables = value.tables(other) {
          let isPlain = isTop && ["arguments", "client-properties", "server-properties"].contains(key)
          compareTable(tables.0, tables.1, place, before, after) { isPlain ? $0 : "\(name(key)).\($0)" }
        } else if value.untagged != other.untagged {
          note(place, name(key), value.untagged, other.untagged, after, left, right, part: part)
        } else {
          note(place, "type of \(name(key))", value.tag, other.tag, after, left, right, part: part)
        }
      default: break
      }
    }
    let common = (old.keys.filter { new[$0] != nil }, new.keys.filter { old[$0] != nil })
    if common.0 != common.1 {
      note(
        place, "order of \(after.name == "basic.publish" ? "headers" : "arguments") changed",
        common.0.joined(separator: ", "), common.1.joined(separator: ", "), after, left, right, part: part)
    }
  }

  // MARK: Notes

  /// What of a step the bytes of a change are.
  private enum Part {
    case method, header
    /// Or other text.
    case body

    /// Behind how many bytes everything is that is no size: of the frame, and in a header of the body (AMQP 0-9-1,
    /// 4.2.3 and 4.2.6.1).
    var sizes: Int {
      switch self {
      case .method: 7
      case .header: 19
      case .body: 0
      }
    }
  }

  /// Something is different that has no words here.
  private mutating func noteFrames(_ old: Transcript, _ new: Transcript) {
    let (before, after) = (old.entries.map(\.frame.raw), new.entries.map(\.frame.raw))
    let first = zip(before, after).prefix { $0 == $1 }.count
    note(
      "connection", "frames differ", nil, nil, path: "frame \(first)", first < before.count ? before[first] : [],
      first < after.count ? after[first] : [], part: .method)
  }

  private mutating func note(
    _ place: String, _ what: String, _ old: String?, _ new: String?, _ step: Step, _ before: [UInt8], _ after: [UInt8],
    part: Part = .method
  ) {
    let path =
      switch part {
      case .method: "frame \(step.frame), \(step.name)"
      case .header: "frame \(step.frame + 1), header of \(step.name)"
      case .body: "body of \(step.name) in frame \(step.frame)"
      }
    note(place, what, old, new, path: path, before, after, part: part)
  }

  private mutating func note(
    _ place: String, _ what: String, _ old: String?, _ new: String?, path: String, _ before: [UInt8], _ after: [UInt8],
    part: Part = .body
  ) {
    changes.append(
      FixtureChange(
        source: .transcripts, place: "\(peer): \(place)", what: what, old: old?.shortened(to: 80),
        new: new?.shortened(to: 80),
        occurrence: .init(
          path: "transcripts/\(name): \(path)", old: before, new: after, isText: part == .body,
          skipped: part.sizes)))
  }
}

extension Transcript {
  /// As it is recorded: with fixed ids, where its settings tell what belongs into which result queue.
  fileprivate var canonicalRecording: Transcript {
    guard let topology = try? RecordedSettings(head, "").topology else { return canonical() }
    return canonical(replacing: RecordedIDs.replacements(in: self, index: topology.resultQueueIndex(for:)))
  }
}

extension JSON {
  /// The tag and the value of a value in a table of AMQP.
  private var tagged: (key: String, value: JSON)? {
    guard let members = objectValue, members.count == 1, let member = members.first, member.key.utf8.count == 1 else {
      return nil
    }
    return member
  }

  fileprivate var tag: String? { tagged?.key }
  fileprivate var untagged: String { (tagged?.value ?? self).shortText }

  /// Both as tables, if both are.
  fileprivate func tables(_ other: JSON) -> (JSONObject, JSONObject)? {
    func table(_ value: JSON) -> JSONObject? {
      guard let tagged = value.tagged else { return value.objectValue }
      return tagged.key == "F" ? tagged.value.objectValue : nil
    }
    guard let left = table(self), let right = table(other) else { return nil }
    return (left, right)
  }
}
