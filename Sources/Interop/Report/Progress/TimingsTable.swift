package import InteropSupport

/// Where the time of a run went, as lines for people.
package struct TimingsTable {
  private let timings: Timings
  private let total: Duration
  private let parallel: Int

  /// - Parameters:
  ///   - timings: what was measured.
  ///   - total: how long it took from the first to the last.
  ///   - parallel: how many cells were run at a time.
  package init(_ timings: Timings, total: Duration, parallel: Int) {
    self.timings = timings
    self.total = total
    self.parallel = parallel
  }

  package var lines: [String] {
    let rows = timings.all.map { ($0.activity.rawValue, seconds($0.time), $0.activity.meaning) }
    let width = rows.map(\.1.count).max() ?? 0
    return [
      "Where the time went, in seconds; the run took \(seconds(total)) s.",
      "What was done at the same time, for up to \(parallel) \(parallel == 1 ? "cell" : "cells"), is added up:",
    ]
      + rows.map { name, seconds, meaning in
        "  \(padded(name, to: 9))  \(String(repeating: " ", count: width - seconds.count))\(seconds)  \(meaning)"
      }
  }

  /// With one decimal.
  private func seconds(_ time: Duration) -> String {
    let tenths = Int((time / .milliseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
