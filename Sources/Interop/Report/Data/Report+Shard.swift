package import InteropJudge

extension Report {
  /// Which part of a run this is the report of, and what it takes to join it with the others.
  package struct Shard: Sendable, Hashable, Codable {
    /// From 1.
    package let number: Int
    package let count: Int
    /// How many cells all shards have together; nil if this one ended before that was known.
    package var cells: Int?
    /// What tells the selection of cells and checks from others; nil likewise.
    package var plan: String?
    /// Of each of its cells the place among all, from 0.
    package var places: [Int] = []
    /// What was seen of the listed divergences, in the list's order.
    package var tallies: [DivergenceTally] = []

    package init(number: Int, count: Int) {
      self.number = number
      self.count = count
    }

    /// `shard 2 of 3`.
    package var name: String { "shard \(number) of \(count)" }
  }
}
