/// How fast something goes, and how long the rest will take at that pace.
///
/// What went last counts, not the average: cells that wait come together, and are not like the others.
package struct Pace: Sendable {
  package let total: Int
  package private(set) var done = 0
  /// When how many were done, one for each second at most, no older than ``window`` but for the first of them.
  private var marks: [(time: Duration, done: Int)] = [(.zero, 0)]

  private static let window = Duration.seconds(30)
  /// Before so much time, nothing can be said.
  private static let least = Duration.seconds(3)

  package init(total: Int) { self.total = total }

  /// One more is done.
  ///
  /// - Parameter time: how long after the start.
  package mutating func advance(at time: Duration) {
    done += 1
    if let last = marks.last, marks.count > 1, time - last.time < .seconds(1) { return }
    marks.append((time, done))
    while marks.count > 2, time - marks[1].time >= Self.window { marks.removeFirst() }
  }

  /// How long the rest takes; nil if that cannot be said yet.
  package func timeLeft(at time: Duration) -> Duration? {
    guard let first = marks.first, done > first.done, time - first.time >= Self.least else { return nil }
    return (time - first.time) / (done - first.done) * (total - done)
  }
}

extension Duration {
  /// `40 s`, `5 min`, `1 h 20 min`: as exact as an estimate is.
  package var roughly: String {
    let seconds = Int((self / .seconds(1)).rounded())
    if seconds < 60 { return "\(max(5, (seconds + 4) / 5 * 5)) s" }
    let minutes = (seconds + 59) / 60
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
