internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What is different between golden messages.
struct GoldenComparison {
  private(set) var changes: [FixtureChange] = []

  init(_ old: GoldenMessages, _ new: GoldenMessages) {
    for set in Set(old.sets + new.sets).sorted() {
      let keys = Set(old.bodies.keys).union(new.bodies.keys).filter { $0.set == set }
      for key in keys.sorted(by: Self.precedes) { compare(key, old.bodies[key], new.bodies[key]) }
    }
  }

  private static func precedes(_ left: GoldenMessages.Key, _ right: GoldenMessages.Key) -> Bool {
    func words(_ key: GoldenMessages.Key) -> [String] { [key.kind.rawValue, key.from ?? "", key.payload] }
    return words(left).lexicographicallyPrecedes(words(right))
  }

  private mutating func compare(
    _ key: GoldenMessages.Key, _ old: GoldenMessages.Body?, _ new: GoldenMessages.Body?
  ) {
    guard old != new else { return }
    let putter = key.from.map { " put by \($0)" } ?? ""
    func note(_ what: String, _ before: String? = nil, _ after: String? = nil) {
      changes.append(
        FixtureChange(
          source: .golden, place: "\(key.set): \(key.kind.rawValue)", what: what, old: before, new: after,
          occurrence: .init(
            path: "messages/\(key.set).jsonl: \(key.kind.rawValue) \(key.payload)\(putter)", old: old?.bytes ?? [],
            new: new?.bytes ?? [])))
    }
    switch (old, new) {
    case (.text(let before)?, .text(let after)?):
      for change in BodyComparison(Array(before.utf8), Array(after.utf8)).changes {
        note(change.what, change.old, change.new)
      }
    case (.digest(let before, _)?, .digest(let after, _)?):
      before == after
        ? note("other bytes in a large body of the same size")
        : note("size of a large body", before.counted("byte"), after.counted("byte"))
    case (nil, _): note("a message is new")
    case (_, nil): note("a message is gone")
    case (.text?, .digest?), (.digest?, .text?): note("size of a body", old?.shown, new?.shown)
    }
  }
}

extension GoldenMessages.Body {
  /// The body, or what is kept of it.
  fileprivate var bytes: [UInt8] {
    switch self {
    case .text(let text): Array(text.utf8)
    case .digest: Array(shown.utf8)
    }
  }
}
