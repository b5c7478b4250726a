import ArgumentParser
import Bench

/// An operation that `bench --instructions` counts the instructions of.
struct BenchOperationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-operation", abstract: "Do one operation of the library so many times.", shouldDisplay: false)

  @Argument(help: "Which.") var operation: String
  @Argument(help: "How many times.") var count: Int

  func run() throws {
    guard count > 0 else { throw ValidationError("\(count) is no number of times") }
    try MeasuredOperation(named: operation).run(count: count)
  }
}
