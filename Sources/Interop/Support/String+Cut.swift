extension String {
  /// As much of it as fits into so many characters, with a mark where more was.
  package func cut(to width: Int) -> String { count <= width ? self : prefix(max(0, width - 1)) + "…" }
}
