internal import TextTable

/// Instruction counts, for people.
package struct InstructionTable: Sendable {
  private let counts: [InstructionCount]

  package init(_ counts: [InstructionCount]) { self.counts = counts }

  package var text: String {
    let table = TextTable<InstructionCount> {
      [
        Column(title: "instructions", value: $0.operation.rawValue), Column(title: "measured", value: "\($0.measured)"),
        Column(title: "budget", value: "\($0.budget)"), Column(title: "", value: $0.isWithinBudget ? "" : "too many"),
      ]
    }
    return table.string(for: counts) ?? ""
  }

  /// A line for each that takes too many.
  package var complaints: [String] {
    counts.filter { !$0.isWithinBudget }.map {
      "\($0.operation.rawValue) takes \($0.measured) instructions; its budget is \($0.budget)"
    }
  }
}
