package import InteropJudge
internal import InteropSupport

/// How far a run is: what is done, what was not as expected and whose doing it was, and how long the rest takes.
package struct RunProgress: Sendable {
  private let unit: String
  private var pace: Pace
  private var unexpected = 0
  /// How many of them are whose doing; one can be that of several.
  private var blamed: [String: Int] = [:]

  /// - Parameters:
  ///   - total: how many there are.
  ///   - unit: what they are, in the plural.
  package init(total: Int, of unit: String) {
    pace = Pace(total: total)
    self.unit = unit
  }

  /// A cell is done.
  ///
  /// - Parameters:
  ///   - result: what came of it.
  ///   - time: how long after the start.
  package mutating func note(_ result: CellResult, at time: Duration) {
    let peers = result.blame.map(\.peer).uniqued() + (result.isUnexplained ? ["nobody"] : [])
    note(isUnexpected: result.verdict.isUnexpected, peers, at: time)
  }

  /// One is done.
  ///
  /// - Parameters:
  ///   - isUnexpected: whether it is not as expected.
  ///   - peers: who is to blame for that.
  ///   - time: how long after the start.
  package mutating func note(isUnexpected: Bool, _ peers: [String] = [], at time: Duration) {
    pace.advance(at: time)
    guard isUnexpected else { return }
    unexpected += 1
    for peer in peers { blamed[peer, default: 0] += 1 }
  }

  /// `120 of 5250 cells, 3 not as expected (node 2, php 1), 4 min left`.
  ///
  /// - Parameter time: how long after the start.
  /// - Returns: one line.
  package func line(at time: Duration) -> String {
    var parts = ["\(pace.done) of \(pace.total) \(unit)"]
    if unexpected > 0 {
      let names = blamed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
      parts.append("\(unexpected) not as expected" + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"))
    }
    if pace.done < pace.total, let left = pace.timeLeft(at: time) { parts.append("\(left.roughly) left") }
    return parts.joined(separator: ", ")
  }
}
