import Foundation
import InteropJudge
import InteropReport
import Rainbow

/// What is shown while the matrix runs: the first failure of each check of each peer as it comes; how far it is, on one line that is written over where
/// standard output is a terminal, and a line for each tenth elsewhere.
actor ProgressLine {
  private let total: Int
  private var done = 0
  private var unexpected = 0
  private var tenth = 0

  init(total: Int) { self.total = total }

  /// What has been shown an example of.
  private var blamed: Set<Blame?> = []

  func note(_ result: CellResult) {
    done += 1
    if result.verdict.isUnexpected {
      unexpected += 1
      clear()
      let new = (result.isUnexplained ? [nil] : result.blame.map(Optional.some)).filter { !blamed.contains($0) }
      if !new.isEmpty || result.verdict == .unexpectedPass {
        for (number, line) in RunSummary.lines(result).enumerated() { print(number == 0 ? line.red : line) }
      }
      blamed.formUnion(new)
    }
    if isTerminal {
      // A line that wraps cannot be written over.
      print("\r\(state.prefix(max(1, (terminalWidth ?? 80) - 1)))", terminator: "")
      fflushOutput()
    } else if done * 10 / total > tenth {
      tenth = done * 10 / total
      print(state)
      fflushOutput()
    }
  }

  func finish() {
    clear()
    if !isTerminal { print("") }
  }

  private var state: String {
    "\(done) of \(total) cells" + (unexpected == 0 ? "" : ", \(unexpected) not as expected")
  }

  private func clear() {
    if isTerminal { print("\r\u{1B}[K", terminator: "") }
  }
}
