internal import InteropModel
internal import InteropSupport
package import SyRPCWire

/// The list of divergences that a run would need to be as expected: what was not seen goes, bounds are what was counted, and
/// what is new has an entry without a reason. It is to be reviewed, as a difference from the list that is.
package struct DivergenceUpdate: Sendable {
  /// The list, as its file has it.
  package let list: JSON
  /// How many entries are new, changed and gone.
  package let added: Int
  package let changed: Int
  package let removed: Int

  /// What stands for the reason, which nobody but a reviewer knows.
  package static let missingReason = "to be written: why that is so, and why it may be"

  /// - Parameters:
  ///   - file: the list as it is.
  ///   - path: where that was read from.
  ///   - judge: what the run was held against.
  ///   - results: all cells of the run.
  ///   - isWhole: whether nothing was left out by a selection.
  package init(_ file: JSON, path: String, judge: Judge, _ results: [CellResult], isWhole: Bool) {
    var entries: [JSON] = []
    var (changed, removed) = (0, 0)
    let tallies = Dictionary(judge.tallies(in: results).map { ($0.place, $0) }) {
      first, _ in first
    }
    for (number, entry) in (file["divergences"]?.arrayValue ?? []).enumerated() {
      guard let tally = tallies[Divergence.place(of: number, in: path)] else {
        entries.append(entry)
        continue
      }
      if tally.isToBeRemoved(isWhole: isWhole) {
        removed += 1
      } else if tally.problem(isWhole: isWhole) != nil, var members = entry.objectValue {
        // More than there may be, or fewer than there have to be.
        members[tally.most > tally.bound ? "most" : "least"] = .integer(Int64(tally.most))
        entries.append(.object(members))
        changed += 1
      } else {
        entries.append(entry)
      }
    }
    let new = NewDivergences(in: results).entries
    var members = file.objectValue ?? [:]
    members["divergences"] = .array(entries + new)
    list = .object(members)
    added = new.count
    self.changed = changed
    self.removed = removed
  }
}
