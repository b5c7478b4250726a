internal import InteropSupport
internal import SyRPCWire

/// The reports of all shards of one run, in their order.
struct ShardSet {
  struct Part {
    let file: String
    let report: Report
    let shard: Report.Shard
  }

  let parts: [Part]
  /// How many cells the run was to have; nil if all shards ended before that was known.
  let total: Int?
  /// All cells in the order of the matrix: whose they are, and their places there.
  let cells: [(part: Part, place: Int)]

  /// - Throws: ``InteropError`` if they are not all that there are of one run.
  init(_ reports: [(file: String, report: Report)]) throws(InteropError) {
    var parts: [Part] = []
    for (file, report) in reports {
      guard let shard = report.shard else {
        throw InteropError("\(file.visible) is the report of a whole run, of no shard")
      }
      parts.append(Part(file: file.visible, report: report, shard: shard))
    }
    guard let first = parts.first else { throw InteropError("there is no report to join") }
    try Self.checkNumbers(parts, first)
    parts.sort { $0.shard.number < $1.shard.number }
    try Self.checkFacts(parts)
    self.parts = parts
    total = parts.compactMap(\.shard.cells).first
    cells = try Self.cells(parts, total)
  }

  /// Each shard is there once.
  private static func checkNumbers(_ parts: [Part], _ first: Part) throws(InteropError) {
    var known: [Int: Part] = [:]
    for part in parts {
      guard part.shard.count == first.shard.count else {
        throw InteropError("\(part.file) is \(part.shard.name), and \(first.file) is \(first.shard.name)")
      }
      guard part.shard.number >= 1, part.shard.number <= part.shard.count else {
        throw InteropError("\(part.file) is no report: there is no \(part.shard.name)")
      }
      if let other = known.updateValue(part, forKey: part.shard.number) {
        throw InteropError("\(other.file) and \(part.file) are both \(part.shard.name)")
      }
    }
    let missing = first.shard.count - known.count
    guard missing == 0 else {
      let numbers = (1...first.shard.count).lazy.filter { known[$0] == nil }.prefix(10).map { "\($0)" }
      let names = numbers.joined(separator: ", ") + (missing > 10 ? ", …" : "")
      throw InteropError("of the \(first.shard.count) shards of the run, these are missing: \(names)")
    }
  }

  /// All ran the same, on the same.
  private static func checkFacts(_ parts: [Part]) throws(InteropError) {
    var problems: [String] = []
    /// What is known of each kind, and the first part that knew it.
    var known: [Int: (facts: [RunFact], file: String)] = [:]
    for part in parts {
      for (kind, facts) in (part.report.commonFacts + [part.selection]).enumerated() where !facts.isEmpty {
        guard let first = known[kind] else {
          known[kind] = (facts, part.file)
          continue
        }
        problems += FactChange.between(first.facts, facts).map { change in
          "\(part.file) does not fit \(first.file): \(change.title): \(change.new ?? "none"), and there "
            + "\(change.old ?? "none")"
        }
      }
    }
    guard problems.isEmpty else { throw InteropError(problems.joined(separator: "\n")) }
  }

  /// Each cell is there once.
  private static func cells(_ parts: [Part], _ total: Int?) throws(InteropError) -> [(part: Part, place: Int)] {
    var found: [Int: (part: Part, place: Int)] = [:]
    for part in parts {
      for (place, number) in part.shard.places.enumerated() {
        let name = part.report.cells[place].name.visible
        guard (0..<(total ?? 0)).contains(number) else {
          throw InteropError("\(part.file) is no report: \(name) is cell \(number) of \(total ?? 0)")
        }
        if let other = found.updateValue((part, place), forKey: number) {
          throw InteropError(
            "\(name) is in \(part.file), and in its place \(other.part.name(other.place)) in \(other.part.file)")
        }
      }
    }
    let early = parts.contains { $0.report.endedEarly != nil }
    guard early || found.count == total else {
      throw InteropError(
        "\(((total ?? 0) - found.count).counted("cell")) of \(total ?? 0) are in none of the files, though no shard ended early"
      )
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension ShardSet.Part {
  fileprivate func name(_ place: Int) -> String { report.cells[place].name.visible }

  /// What all shards together are to run; nothing if it ended before that was known.
  fileprivate var selection: [RunFact] {
    guard let cells = shard.cells, let plan = shard.plan else { return [] }
    return [RunFact("selection", "\(cells.counted("cell")), \(plan)")]
  }
}
