internal import InteropModel

/// What a run, or a part of one, has shown of one divergence.
package struct DivergenceTally: Sendable, Hashable, Codable {
  /// Where the entry stands.
  package let place: String
  /// What it is about, in a line.
  package let about: String
  /// In how many cells of one combination it has to be seen at least, in a whole run, and may be at most.
  package let floor: Int
  package let bound: Int
  /// In how many it was, sorted by combination.
  package private(set) var seen: [Seen] = []
  private var wasJudged = false
  private var wasSkipped = false
  /// Whether it was judged of a peer that was live; recordings are few.
  private var wasLive = false
  /// Whether something else was seen in its place.
  private var hasFailed = false
  /// Whether it passed where it may.
  private var hasPassed = false

  package struct Seen: Sendable, Hashable, Codable {
    package let combination: String
    package fileprivate(set) var cells: Int
  }

  private enum CodingKeys: String, CodingKey {
    case place, about, seen
    case floor = "least"
    case bound = "most"
    case wasJudged = "judged"
    case wasSkipped = "skipped"
    case wasLive = "live"
    case hasFailed = "failed"
    case hasPassed = "passed"
  }

  init(_ divergence: Divergence) {
    place = divergence.place
    about = divergence.summary
    floor = divergence.least
    bound = divergence.most
  }

  mutating func note(_ finding: Finding, of divergence: Divergence, in result: CellResult) {
    // What another peer's doing has become of it shows neither that it is there nor that it is not.
    guard finding.verdict != .affected else { return }
    guard finding.verdict != .skipped else {
      // Much of what is played from a recording is not judged.
      wasSkipped = wasSkipped || result.cell.recording == nil
      return
    }
    wasJudged = true
    hasFailed = hasFailed || finding.verdict == .fail
    wasLive = wasLive || result.cell.recording == nil
    if finding.verdict == .pass, divergence.mayPass(with: result.identities[divergence.role]) { hasPassed = true }
    guard finding.verdict == .known else { return }
    let standard = result.cell.standardCombination
    // Played by another in the default matrix, by which the bounds were set.
    let isCounted = PeerName.base(of: standard[divergence.role]) == divergence.peer
    add(Seen(combination: standard.name, cells: isCounted ? 1 : 0))
  }

  private mutating func add(_ more: Seen) {
    let place = seen.firstIndex { $0.combination >= more.combination } ?? seen.endIndex
    if place < seen.endIndex, seen[place].combination == more.combination {
      seen[place].cells += more.cells
    } else {
      seen.insert(more, at: place)
    }
  }

  /// Adds what another part of the run has shown.
  package mutating func merge(_ other: DivergenceTally) {
    for more in other.seen { add(more) }
    wasJudged = wasJudged || other.wasJudged
    wasSkipped = wasSkipped || other.wasSkipped
    wasLive = wasLive || other.wasLive
    hasFailed = hasFailed || other.hasFailed
    hasPassed = hasPassed || other.hasPassed
  }

  /// In how many cells of one combination it was seen, at most.
  var most: Int { seen.map(\.cells).max() ?? 0 }

  /// Whether it could have been seen, and was not.
  ///
  /// - Parameter isWhole: whether nothing was left out of the run: what a selection leaves out may be what an entry is about.
  /// - Returns: whether it is to go.
  func isToBeRemoved(isWhole: Bool) -> Bool { (wasJudged || wasSkipped && isWhole) && seen.isEmpty && !hasPassed }

  /// What is wrong with it after a run; nil if nothing is.
  package func problem(isWhole: Bool) -> String? {
    guard isToBeRemoved(isWhole: isWhole) else { return excess ?? (isWhole ? lack : nil) }
    // The cell that shows something else says more: that an entry is not needed is known where its check passes.
    guard !hasFailed else { return nil }
    return wasJudged
      ? "\(place) was not seen (\(about)): remove it, or correct it"
      : "\(place) was never judged (\(about)): its check was skipped in each of its cells; remove it, or correct it"
  }

  /// That it was seen too seldom; nil if it was not, or could not be.
  private var lack: String? {
    guard most < floor, most > 0, wasLive, !hasPassed else { return nil }
    return
      "\(place) was seen \(most) times at most in one combination, fewer than its \"least\" of \(floor) (\(about)): find out "
      + "why, or set it to \(most)"
  }

  /// That it was seen too often, which no other part of the run can mend; nil if it was not.
  package var excess: String? {
    guard most > bound, let worst = seen.first(where: { $0.cells == most }) else { return nil }
    return
      "\(place) was seen \(most) times in \(worst.combination), more than its \"most\" of \(bound) (\(about)): find out "
      + "why, or set it to \(most)"
  }
}
