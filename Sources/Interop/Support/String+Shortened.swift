extension String {
  /// At most so many characters, with a note of what was left out.
  package func shortened(to length: Int = 200) -> String {
    utf8.count <= length ? self : "\(prefix(length))… (\(utf8.count) bytes)"
  }

  /// `none` for nothing.
  package var orNone: String { isEmpty ? "none" : self }
}
