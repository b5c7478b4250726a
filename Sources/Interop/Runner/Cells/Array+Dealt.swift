extension Array {
  /// The elements in another order: one from each of so many parts in turn, which are of the same size but for the last.
  package func dealt(from parts: Int) -> [Element] {
    let size = (count + parts - 1) / parts
    return (0..<size).flatMap { first in stride(from: first, to: count, by: size).map { self[$0] } }
  }
}
