internal import Foundation

/// Where values stand between the two ends of an axis, and which of them are written beside it.
struct Axis {
  enum Scale { case linear, logarithmic }

  struct Tick: Equatable {
    let value: Double
    let label: String
  }

  let label: String
  /// Logarithmic only if all values are above 0.
  let scale: Scale
  let ticks: [Tick]
  private let low, high: Double

  /// - Parameters:
  ///   - label: what is measured, with its unit.
  ///   - values: all that are to be shown.
  ///   - prefers: the scale, if the values allow for it. A linear axis begins at 0.
  ///   - marks: where ticks are to be, from low to high, in place of round numbers; for what was chosen, not measured.
  init(_ label: String, _ values: [Double], prefers: Scale, marks: [Double] = []) {
    self.label = label
    let least = values.min() ?? 0
    let most = values.max() ?? 1
    scale = prefers == .logarithmic && least > 0 ? .logarithmic : .linear
    var steps: [Double]
    switch scale {
    case .logarithmic:
      let first = Int(Foundation.log10(least).rounded(.down))
      let last = Int(Foundation.log10(most).rounded(.up))
      steps = (first...max(last, first + 1)).map { pow(10, Double($0)) }
      // A decade or two would have hardly a tick.
      if steps.count <= 3 { steps = steps.flatMap { [$0, $0 * 2, $0 * 5] } }
      if let under = steps.lastIndex(where: { $0 <= least }) { steps.removeFirst(under) }
      if let over = steps.firstIndex(where: { $0 >= most }) { steps.removeLast(steps.count - 1 - over) }
      if steps.count < 2 { steps.append(steps[0] * 10) }
    case .linear:
      let step = Self.roundStep(most > 0 ? most / 5 : 1)
      steps = (0...max(1, Int((most / step).rounded(.up)))).map { Double($0) * step }
    }
    if let first = marks.min(), let last = marks.max(), first < last, first <= least, last >= most { steps = marks }
    (low, high) = (steps[0], steps[steps.count - 1])
    ticks = steps.map { Tick(value: $0, label: Self.shown($0)) }
  }

  /// 0 at the low end, 1 at the high one.
  func position(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - low) / (high - low)
    case .logarithmic: Foundation.log(value / low) / Foundation.log(high / low)
    }
  }

  /// The next of 1, 2 and 5 with zeros.
  static func roundStep(_ step: Double) -> Double {
    let decade = pow(10, Foundation.log10(step).rounded(.down))
    return [1, 2, 5, 10].map { $0 * decade }.first { $0 >= step * 0.999_999 } ?? 10 * decade
  }

  private static func shown(_ value: Double) -> String {
    let (divisor, suffix): (Double, String) = value >= 1e6 ? (1e6, "M") : value >= 1e4 ? (1e3, "k") : (1, "")
    // To three significant digits, however small.
    return (value / divisor).formatted(
      .number.precision(.significantDigits(1...4)).grouping(.never).locale(.init(identifier: "en_US_POSIX"))) + suffix
  }
}
