/// A shell-like pattern: `*` stands for any characters, `?` for one, everything else for itself.
package struct Glob: Hashable, Sendable, CustomStringConvertible {
  package let pattern: String

  package init(_ pattern: String) { self.pattern = pattern }

  /// The pattern that fits a text: a star in it stands for one character then, and what is long is not said to its end.
  package static func literal(_ text: String) -> String {
    let known = text.replacing("*", with: "?")
    return known.count > 200 ? "\(known.prefix(160))*" : known
  }

  package var description: String { pattern }

  /// Whether the whole of `text` fits.
  package func matches(_ text: String) -> Bool {
    let pattern = Array(pattern.unicodeScalars)
    let text = Array(text.unicodeScalars)
    var (p, t) = (0, 0)
    // Where to go on if the last star has to take one character more.
    var retry: (p: Int, t: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        retry = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = retry {
        retry = (last.p, last.t + 1)
        p = last.p + 1
        t = last.t + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
