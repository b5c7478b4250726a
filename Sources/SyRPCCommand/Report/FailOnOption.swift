import ArgumentParser
import InteropReport

/// What of a comparison makes a command fail.
enum FailOn: String, CaseIterable, ExpressibleByArgument {
  /// Something that fails and did not, or is not tried any more.
  case regression

  /// Whether a comparison has nothing of it.
  func isWell(_ comparison: ReportComparison) -> Bool {
    switch self {
    case .regression: !comparison.isWorse
    }
  }
}

struct FailOnOption: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "regression: fail if anything got worse since the earlier run, and not for what was as bad before.",
      valueName: "what"))
  var failOn: FailOn?
}

/// An earlier run that a run is held against.
struct Baseline: Sendable {
  private let report: Report
  private let failOn: FailOn?

  init(_ report: Report, failOn: FailOn?) {
    self.report = report
    self.failOn = failOn
  }

  /// Shows what is different.
  ///
  /// - Returns: whether that is well; nil if the comparison does not decide it.
  func compare(with new: Report) -> Bool? {
    let comparison = ReportComparison(report, new)
    for line in ComparisonText(comparison).lines { print(line) }
    return failOn?.isWell(comparison)
  }
}
