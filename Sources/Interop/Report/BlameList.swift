package import InteropJudge
internal import InteropSupport
package import SyRPCWire

/// Who is to blame for what is not as expected, over all cells: whoever caused most comes first.
package struct BlameList: Sendable {
  package struct Entry: Sendable {
    /// Nil where no frame explains what became of the call.
    package let blame: Blame?
    package let level: Level?
    package let cells: Int
    /// What was seen in the first of these cells.
    package let example: CellResult
  }

  package let entries: [Entry]

  package init(_ results: [CellResult]) {
    var cells: [Blame?: [CellResult]] = [:]
    var order: [Blame?] = []
    for result in results {
      // A peer that breaks the same check in several roles of a cell is named for each.
      for blame in result.isUnexplained ? [nil] : result.blame.map(Optional.some).uniqued() {
        if cells[blame] == nil { order.append(blame) }
        cells[blame, default: []].append(result)
      }
    }
    entries = order.compactMap { blame in
      guard let all = cells[blame], let example = all.first else { return nil }
      return Entry(blame: blame, level: blame?.level(in: example), cells: all.count, example: example)
    }.enumerated().sorted { ($0.element.cells, $1.offset) > ($1.element.cells, $0.offset) }.map(\.element)
  }

  /// For people: two lines an entry.
  package var lines: [String] {
    entries.flatMap { entry in
      let who =
        entry.blame.map { "\($0) (\(entry.level?.rawValue ?? ""))" }
        ?? "nobody's frames explain it: a problem of the harness"
      return [
        "\(entry.cells) \(entry.cells == 1 ? "cell" : "cells"): \(who)", "    repeat: \(entry.example.repeatCommand)",
      ]
    }
  }
}

extension BlameList.Entry {
  package var json: JSON {
    var members: JSONObject = ["peer": nil, "role": nil, "check": nil]
    if let blame, let named = blame.json.objectValue { members = named }
    members["level"] = level.map { .string($0.rawValue) } ?? nil
    members["cells"] = .integer(Int64(cells))
    members["repeat"] = .string(example.repeatCommand)
    return .object(members)
  }
}

extension Blame {
  fileprivate func level(in result: CellResult) -> Level? { result.findings.first { $0.blame == self }?.level }
}
