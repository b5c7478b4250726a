/// What to measure, and how.
package struct BenchPlan: Sendable {
  package var rows: [BenchRow]
  package var contenders: [Contender]
  /// How often each row is measured of each contender.
  package var rounds: Int
  /// How long, each time.
  package var seconds: Double
  /// How many requests a server does at a time.
  package var concurrency: Int
  /// Whether to count system calls, once, after the rounds.
  package var countsSystemCalls: Bool

  package init(
    rows: [BenchRow] = BenchRow.all, contenders: [Contender] = Contender.allCases, rounds: Int = 5,
    seconds: Double = 1, concurrency: Int = 256, countsSystemCalls: Bool = false
  ) {
    self.rows = rows
    self.contenders = contenders
    self.rounds = rounds
    self.seconds = seconds
    self.concurrency = concurrency
    self.countsSystemCalls = countsSystemCalls
  }
}
