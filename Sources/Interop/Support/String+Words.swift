extension String {
  package var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// What stands between white space.
  package var words: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
