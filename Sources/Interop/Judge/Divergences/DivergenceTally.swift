internal import InteropModel

/// What a run has shown of one divergence.
struct DivergenceTally {
  let divergence: Divergence
  /// In how many cells of each combination it was seen.
  private var seen: [Combination: Int] = [:]
  private var wasJudged = false
  private var wasSkipped = false
  /// Whether it passed where it may be mended.
  private var isMended = false

  /// Whether nothing was left out of the run: what a selection leaves out may be what an entry is about.
  private let isWhole: Bool

  init(_ divergence: Divergence, isWhole: Bool) {
    self.divergence = divergence
    self.isWhole = isWhole
  }

  mutating func note(_ finding: Finding, in result: CellResult) {
    guard finding.verdict != .skipped else {
      // Much of what is played from a recording is not judged.
      wasSkipped = wasSkipped || result.cell.recording == nil
      return
    }
    wasJudged = true
    if finding.verdict == .pass, divergence.mayBeMended(in: result.identities[divergence.role]) { isMended = true }
    guard finding.verdict == .known, finding.divergence?.place == divergence.place else { return }
    let standard = result.cell.standardCombination
    // Played by another in the default matrix, by which the bounds were set.
    seen[standard, default: 0] += PeerName.base(of: standard[divergence.role]) == divergence.peer ? 1 : 0
  }

  /// In how many cells of one combination it was seen, at most.
  var most: Int { seen.values.max() ?? 0 }

  /// Whether it could have been seen, and was not.
  var isToBeRemoved: Bool { (wasJudged || wasSkipped && isWhole) && seen.isEmpty && !isMended }

  /// What is wrong with it; nil if nothing is.
  var problem: String? {
    let about = "(\(divergence.summary))"
    if isToBeRemoved {
      return wasJudged
        ? "\(divergence.place) was not seen \(about): remove it, or correct it"
        : "\(divergence.place) was never judged \(about): its check was skipped in each of its cells; remove it, or correct it"
    }
    guard let (combination, count) = seen.max(by: { $0.value < $1.value }), count > divergence.most else { return nil }
    return "\(divergence.place) was seen \(count) times in \(combination.name), more than its \"most\" of "
      + "\(divergence.most) \(about): find out why, or set it to \(count)"
  }
}
