extension String {
  /// At most so many scalars, with a note of what was left out. Not characters: one of a hostile text has no end.
  package func shortened(to length: Int = 200) -> String {
    utf8.count <= length ? self : "\(String(unicodeScalars.prefix(length)))… (\(utf8.count) bytes)"
  }

  /// `none` for nothing.
  package var orNone: String { isEmpty ? "none" : self }
}
