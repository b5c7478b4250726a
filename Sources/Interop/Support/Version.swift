/// A version as numbers: `3.13.0` is 3, 13 and 0. What follows the numbers, as in `3.14.0rc1`, is left out.
package struct Version: Hashable, Sendable, CustomStringConvertible {
  package let parts: [Int]

  /// Of a text that begins with a version.
  ///
  /// - Returns: nil if it does not begin with a number.
  package init?(_ text: some StringProtocol) {
    var parts: [Int] = []
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let digits = part.utf8.prefix { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
      guard let number = Int(String(decoding: digits, as: UTF8.self)) else { break }
      parts.append(number)
      if digits.count < part.utf8.count { break }
    }
    guard !parts.isEmpty else { return nil }
    self.parts = parts
  }

  private init(parts: [Int]) { self.parts = parts }

  package var description: String { parts.map(String.init).joined(separator: ".") }

  /// Whether it comes before another one, part by part.
  package func isBefore(_ other: Version) -> Bool { compared(to: other) < 0 }

  /// The first so many parts.
  package func prefix(_ count: Int) -> Version { Version(parts: Array(parts.prefix(count))) }

  /// Whether this version has all of the other's parts first: 3.13.0 is one of 3.13.
  package func isOne(of other: Version) -> Bool { parts.starts(with: other.parts) }

  /// How this version, cut to as many parts as the other has, compares to the other: 3.13.1 is the same as 3.13.
  fileprivate func compared(to other: Version) -> Int {
    for (number, theirs) in other.parts.enumerated() {
      let ours = number < parts.count ? parts[number] : 0
      if ours != theirs { return ours < theirs ? -1 : 1 }
    }
    return 0
  }
}

/// Conditions on a version, separated by white space, all of which hold: `>=18 <22`, `3.9`.
///
/// A condition is a version, after `>=`, `>`, `<=`, `<` or nothing. Only the parts that it has are compared: 3.9 means any
/// 3.9.x, and 3.9.1 is not `>3.9`.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  private enum Comparison: String, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
    case equal = ""

    func holds(_ order: Int) -> Bool {
      switch self {
      case .atLeast: order >= 0
      case .atMost: order <= 0
      case .above: order > 0
      case .below: order < 0
      case .equal: order == 0
      }
    }
  }

  private struct Condition: Hashable {
    let comparison: Comparison
    let version: Version
  }

  private let conditions: [Condition]
  package let description: String

  /// - Returns: nil if a condition is none, or if there is none.
  package init?(_ text: String) {
    var conditions: [Condition] = []
    for word in text.words {
      guard let comparison = Comparison.allCases.first(where: { word.hasPrefix($0.rawValue) }) else { return nil }
      let number = word.dropFirst(comparison.rawValue.count)
      // Nothing is left out here: a typing error must not make a range wider.
      guard let version = Version(number), version.description == number else { return nil }
      conditions.append(Condition(comparison: comparison, version: version))
    }
    guard !conditions.isEmpty else { return nil }
    self.conditions = conditions
    description = text
  }

  package func contains(_ version: Version) -> Bool {
    conditions.allSatisfy { $0.comparison.holds(version.compared(to: $0.version)) }
  }
}
