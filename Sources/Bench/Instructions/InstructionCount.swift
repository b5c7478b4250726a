/// How many instructions an operation takes, and may take.
package struct InstructionCount: Hashable, Sendable {
  package let operation: MeasuredOperation
  /// Of the processor, each time.
  package let measured: Int
  package let budget: Int

  /// What each more of an operation took, when it was done a few and many times; what comes before and after it, such as the
  /// start of the program, is in both.
  package init(_ operation: MeasuredOperation, few: (count: Int, total: Int), many: (count: Int, total: Int)) throws {
    guard many.count > few.count, many.total > few.total else {
      throw BenchError(
        "\(operation.rawValue): \(many.total) instructions for \(many.count) times, after \(few.total) for \(few.count)"
      )
    }
    self.operation = operation
    measured = (many.total - few.total) / (many.count - few.count)
    budget = Self.budgets[operation] ?? 0
  }

  package var isWithinBudget: Bool { measured <= budget }

  /// What was measured, and a tenth more: compilers and the system's libraries are not the same everywhere.
  private static let budgets: [MeasuredOperation: Int] = [
    .encode: 3_260, .decode: 3_930, .hash: 490, .publish: 2_900, .dispatch: 12_900,
  ]
}
