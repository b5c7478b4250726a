/// A rule for faults that cannot be read.
package struct FaultSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its place in the list, from 1.
  package let number: Int
  /// The rule as it was written.
  package let rule: String
  /// What part of it is wrong, and in what way.
  package let problem: String

  package var description: String { "fault \(number), \"\(rule)\": \(problem)" }
}
