package import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What became of the bytes of the messages of a kind that a peer publishes.
package struct MessageChange: Sendable {
  package let peer: String
  package let kind: GoldenMessages.Kind
  /// How many payloads' messages are others, of those that both runs have.
  package let payloads: Int
  package let of: Int
  /// The shortest of them.
  package let example: Example

  package struct Example: Sendable {
    package let payload: String
    /// Of a result.
    package let putter: String?
    package let old: Report.Message.Content
    package let new: Report.Message.Content
  }

  /// What differs, by peers and kinds.
  static func between(_ old: Report, _ new: Report) -> [MessageChange] {
    let (before, after) = (old.contents, new.contents)
    let common = Dictionary(grouping: before.keys.filter { after[$0] != nil }) { [$0.peer, $0.kind.rawValue] }
    return common.values.compactMap { keys -> MessageChange? in
      let examples = keys.compactMap { key -> Example? in
        guard let old = before[key], let new = after[key], old != new else { return nil }
        return Example(payload: key.payload, putter: key.putter, old: old, new: new)
      }
      guard let example = examples.min(by: { $0.rank < $1.rank }), let key = keys.first else { return nil }
      return MessageChange(
        peer: key.peer, kind: key.kind, payloads: Set(examples.map(\.payload)).count,
        of: Set(keys.map(\.payload)).count,
        example: example)
    }.sorted { ($0.peer, $0.kind.rawValue) < ($1.peer, $1.kind.rawValue) }
  }
}

extension MessageChange.Example {
  /// What says most comes first.
  fileprivate var rank: (Int, String, String) {
    let size = difference.map { max($0.old.count, $0.new.count) } ?? .max
    return (size, payload, putter ?? "")
  }

  /// Where it begins; nil if the bytes were not kept.
  package var difference: ByteDifference? {
    guard case .always(.text(let old)) = old, case .always(.text(let new)) = new else { return nil }
    return ByteDifference(Array(old.utf8), Array(new.utf8))
  }
}

/// Where two texts begin to differ, and how, for people.
package struct ByteDifference: Sendable, Hashable {
  package let old: [UInt8]
  package let new: [UInt8]
  /// From 0.
  package let offset: Int

  /// - Parameters:
  ///   - old: the bytes before.
  ///   - new: the bytes now.
  ///   - start: how many are passed over if there is a difference behind them too: they follow from others, as a size does.
  package init(_ old: [UInt8], _ new: [UInt8], behind start: Int = 0) {
    self.old = old
    self.new = new
    let (before, after) = (old.dropFirst(start), new.dropFirst(start))
    let skipped = before.isEmpty || after.isEmpty || before.elementsEqual(after) ? 0 : start
    offset = skipped + zip(old.dropFirst(skipped), new.dropFirst(skipped)).prefix { $0 == $1 }.count
  }

  /// `byte 72: 22 became 20`, counted from 0, in hexadecimal.
  package var text: String {
    switch (old.dropFirst(offset).first, new.dropFirst(offset).first) {
    case (let old?, let new?): "byte \(offset): \(Self.hex(old)) became \(Self.hex(new))"
    case (nil, _): "byte \(offset): \(new.count - offset) more"
    case (_, nil): "byte \(offset): the last \(old.count - offset) are gone"
    }
  }

  private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  /// How much is shown before the place.
  private static let context = 28

  /// Both around the place, in a line each, and a mark below it.
  ///
  /// - Parameter width: how long a line may be.
  /// - Returns: the lines.
  package func excerpts(width: Int) -> (old: String, new: String, mark: String) {
    var start = max(0, offset - Self.context)
    // Not within a character.
    while start < offset, old[start] & 0xC0 == 0x80 { start += 1 }
    let lead = start > 0 ? "…" : ""
    func shown(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self).visible }
    func excerpt(_ bytes: [UInt8]) -> String {
      (lead + shown(bytes[start...].prefix(4 * width))).cut(to: width)
    }
    let before = lead + shown(old[start..<offset])
    return (excerpt(old), excerpt(new), String(repeating: " ", count: min(before.count, width - 1)) + "^")
  }
}
