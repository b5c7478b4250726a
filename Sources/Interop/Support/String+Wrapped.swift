extension String {
  /// Its words in lines of at most so many characters; a longer word has a line of its own.
  ///
  /// - Parameters:
  ///   - width: how many characters fit in a line.
  ///   - indent: how far the lines that follow the first are indented, beside what the first is.
  /// - Returns: the lines; one that fits is as it was.
  package func wrapped(to width: Int, indent: Int = 0) -> [String] {
    guard count > width else { return [self] }
    let start = String(prefix { $0 == " " })
    let following = start + String(repeating: " ", count: indent)
    return split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append((lines.isEmpty ? start : following) + word)
      }
    }
  }
}
