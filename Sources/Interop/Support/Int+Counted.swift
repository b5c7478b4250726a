extension Int {
  /// `1 cell`, `2 cells`.
  package func counted(_ word: String) -> String { "\(self) \(word)\(self == 1 ? "" : "s")" }
}
