internal import InteropSupport

/// What a check saw of one thing that it judges: of a message, a declaration, an answer.
///
/// A divergence is held against each of them, so that what it does not speak of is not swallowed by what it speaks of.
package struct Observation: Hashable, Sendable {
  /// Which thing, as it is called in this run: a result id, the name of a queue; nil where there is no need to say.
  let subject: String?
  /// What was seen of it. A divergence has the whole of it, as a pattern.
  package let value: String

  package init(_ value: String, of subject: String? = nil) {
    self.subject = subject
    self.value = value
  }

  var shown: String { subject.map { "\($0): \(value)" } ?? value }
}

extension [Observation] {
  /// All of them in words, in order, the same ones once.
  package var shown: String {
    var counts: [String: Int] = [:]
    for observation in self { counts[observation.shown, default: 0] += 1 }
    return map(\.shown).uniqued().map { text in
      let count = counts[text] ?? 1
      return count == 1 ? text : "\(text) (\(count) times)"
    }
    .joined(separator: "; ").orNone
  }
}
