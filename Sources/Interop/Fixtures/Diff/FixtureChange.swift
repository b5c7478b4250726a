/// Something that differs between two sets of fixtures, at one place.
struct FixtureChange {
  /// What kind of fixture it is in: a heading.
  enum Source: String, CaseIterable, Sendable {
    case contract
    case golden = "golden messages"
    case transcripts
    case vectors
    case others = "other files"
  }

  let source: Source
  /// What of it: `node: result`, `php: result queue`.
  let place: String
  /// What became of what: `property correlation-id is new`.
  let what: String
  /// The values, where it is a value that changed.
  var old: String?
  var new: String?
  /// Where it stands.
  let occurrence: Occurrence

  /// One place, with the bytes of both sides.
  struct Occurrence: Sendable {
    /// File, and line, frame or member in it.
    let path: String
    let old: [UInt8]
    let new: [UInt8]
    /// Whether the bytes are text; otherwise they are shown in hexadecimal.
    var isText = true
    /// How many bytes are passed over where a difference behind them is shown: they are sizes, which follow from it.
    var skipped = 0
  }
}

/// The same change wherever it stands: one sentence.
struct FixtureChangeGroup: Sendable {
  let source: FixtureChange.Source
  let place: String
  let what: String
  /// The values before and after, if they are the same everywhere; those of the first occurrence otherwise.
  let old: String?
  let new: String?
  /// Whether they are.
  let isUniform: Bool
  let occurrences: [FixtureChange.Occurrence]
}

/// What makes two changes the same one.
private struct Key: Hashable {
  let source: FixtureChange.Source
  let place: String
  let what: String
}

extension [FixtureChange] {
  /// The changes as sentences, in the order of their sources, and within one in the order in which they were found.
  var grouped: [FixtureChangeGroup] {
    var order: [Key] = []
    var groups: [Key: [FixtureChange]] = [:]
    for change in self {
      let key = Key(source: change.source, place: change.place, what: change.what)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(change)
    }
    let found = order.compactMap { key in
      groups[key].map { changes in
        FixtureChangeGroup(
          source: key.source, place: key.place, what: key.what, old: changes[0].old, new: changes[0].new,
          isUniform: Set(changes.map { [$0.old, $0.new] }).count == 1, occurrences: changes.map(\.occurrence))
      }
    }
    return FixtureChange.Source.allCases.flatMap { source in found.filter { $0.source == source } }
  }
}
