/// Why a recording does not fit what happens: what it goes on with, and what there was instead.
package struct ReplayMismatch: Error, Hashable, Sendable {
  package let expected: String
  package let observed: String

  package init(expected: String, observed: String) {
    self.expected = expected
    self.observed = observed
  }
}
