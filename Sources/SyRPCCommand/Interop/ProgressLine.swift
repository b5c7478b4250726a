import InteropJudge
import InteropReport
import InteropSelfTest
import Rainbow

/// What is shown while a run lasts: what is not as expected, as it comes; and how far the run is, on one line that is written
/// over where standard output is a terminal, and elsewhere, as in the log of a CI job, on a new line as soon as something is
/// done, and then each half minute.
actor ProgressLine {
  private var progress: RunProgress
  private let started = ContinuousClock.now
  private var time: Duration { started.duration(to: .now) }
  private var ticking: Task<Void, Never>?
  /// What has been shown an example of.
  private var blamed: Set<Blame?> = []
  private var hasBegun = false
  private let complains: Bool

  private static let interval: Duration = isTerminal ? .milliseconds(500) : .seconds(30)

  /// - Parameters:
  ///   - total: how many there are.
  ///   - unit: what they are, in the plural.
  ///   - complains: whether the first of what is not as expected is shown as it comes.
  init(total: Int, of unit: String, complains: Bool = true) {
    progress = RunProgress(total: total, of: unit)
    self.complains = complains
  }

  /// Shows it from now on, until ``finish()``.
  func start() {
    ticking = Task {
      while (try? await Task.sleep(for: Self.interval)) != nil { show() }
    }
  }

  /// A cell is done; the first of each check of each peer that is not as expected is shown.
  func note(_ result: CellResult) {
    progress.note(result, at: time)
    begin()
    guard complains, result.verdict.isUnexpected else { return }
    let new = (result.isUnexplained ? [nil] : result.blame.map(Optional.some)).filter { !blamed.contains($0) }
    if !new.isEmpty || result.verdict == .unexpectedPass { complain(RunSummary.lines(result)) }
    blamed.formUnion(new)
  }

  /// A defect was planted.
  func note(_ result: Planting.Result) {
    let complaint = SelfTestReport.complaint(result)
    progress.note(isUnexpected: !complaint.isEmpty, at: time)
    begin()
    complain(complaint)
  }

  func finish() {
    ticking?.cancel()
    clear()
    if !isTerminal || !blamed.isEmpty { print("") }
  }

  /// Shows in a log that the run goes on, before the first half minute is over.
  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    if !isTerminal { show() }
  }

  private func complain(_ lines: [String]) {
    guard !lines.isEmpty else { return }
    clear()
    for (number, line) in lines.enumerated() {
      // A command is to be copied as it is.
      if number == 0 || line.contains("repeat: ") { print(number == 0 ? line.red : line) } else { printWrapped(line) }
    }
    fflushOutput()
  }

  private func show() {
    guard !Task.isCancelled else { return }
    let line = progress.line(at: time)
    if isTerminal {
      clear()
      // A line that wraps cannot be written over.
      print(line.prefix(max(1, (terminalWidth ?? 80) - 1)), terminator: "")
    } else {
      print(line)
    }
    fflushOutput()
  }

  private func clear() {
    if isTerminal { print("\r\u{1B}[K", terminator: "") }
  }
}
