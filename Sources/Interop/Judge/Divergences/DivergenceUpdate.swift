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
      } else if tally.most > tally.bound, var members = entry.objectValue {
        members["most"] = .integer(Int64(tally.most))
        entries.append(.object(members))
        changed += 1
      } else {
        entries.append(entry)
      }
    }
    let new = NewDivergences(results).entries
    var members = file.objectValue ?? [:]
    members["divergences"] = .array(entries + new)
    list = .object(members)
    added = new.count
    self.changed = changed
    self.removed = removed
  }
}

/// Entries for what is not as expected, and not listed.
private struct NewDivergences {
  private struct Kind: Hashable {
    let peer: String
    let role: Role
    let check: String
    let scenario: String
  }

  private struct Seen {
    let cell: Cell
    let observed: String
    let hasFailed: Bool
  }

  private var seen: [Kind: [Seen]] = [:]
  private var order: [Kind] = []

  init(_ results: [CellResult]) {
    for result in results {
      for finding in result.findings where finding.verdict != .skipped && finding.verdict != .known {
        guard let role = finding.role, let peer = finding.peer else { continue }
        let kind = Kind(
          peer: PeerName.base(of: peer), role: role, check: finding.check, scenario: result.cell.scenario.name)
        if seen[kind] == nil { order.append(kind) }
        seen[kind, default: []].append(
          Seen(cell: result.cell, observed: finding.observed, hasFailed: finding.verdict == .fail))
      }
    }
  }

  var entries: [JSON] { order.compactMap(entry) }

  private func entry(_ kind: Kind) -> JSON? {
    let all = seen[kind] ?? []
    let failed = all.filter(\.hasFailed)
    guard !failed.isEmpty else { return nil }
    var entry: JSONObject = [
      "peer": .string(kind.peer), "role": .string(kind.role.rawValue), "check": .string(kind.check),
    ]
    let payloads = failed.map(\.cell.payload).uniqued()
    let meant = all.filter { payloads.contains($0.cell.payload) }
    for other in Role.allCases where other != kind.role {
      func peers(_ cells: [Seen]) -> [String] {
        cells.map { PeerName.base(of: $0.cell.combination[other]) }.uniqued().sorted()
      }
      // Who plays it makes the difference, if those with whom it fails are others than those with whom it does not.
      let (with, without) = (peers(failed), peers(meant.filter { !$0.hasFailed }))
      if !without.isEmpty, Set(with).isDisjoint(with: without) {
        entry[other.rawValue] = with.count == 1 ? .string(with[0]) : .array(with.map(JSON.string))
      }
    }
    entry["scenario"] = .string(kind.scenario)
    let isPartial = Set(all.map(\.cell.payload)).count > payloads.count
    if isPartial || payloads.count == 1 { entry["payloads"] = .array(payloads.map(JSON.string)) }
    let observed = failed.map(\.observed).uniqued()
    if observed.count == 1 { entry["observed"] = .string(observed[0]) }
    entry["reason"] = .string(DivergenceUpdate.missingReason)
    let counts = Dictionary(grouping: failed, by: \.cell.combination).mapValues(\.count)
    entry["most"] = .integer(Int64(counts.values.max() ?? 1))
    return .object(entry)
  }
}
