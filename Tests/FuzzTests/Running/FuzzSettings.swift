import Foundation

/// What the environment asks for.
struct FuzzSettings {
  /// How many inputs each reader gets.
  var inputs = 2000
  /// Decides which.
  var seed: UInt64 = 1
  /// The only input to run, where one is to be repeated.
  var number: Int?

  /// - Throws: ``Violation`` that names the variable that is no number.
  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(Violation) {
    func number<Number: FixedWidthInteger>(_ name: String) throws(Violation) -> Number? {
      guard let text = environment[name], !text.isEmpty else { return nil }
      guard let number = Number(text), number >= 0 else { throw Violation("\(name) is no number: \(text)") }
      return number
    }
    if let inputs: Int = try number("SYRPC_FUZZ_INPUTS") { self.inputs = inputs }
    if let seed: UInt64 = try number("SYRPC_FUZZ_SEED") { self.seed = seed }
    self.number = try number("SYRPC_FUZZ_NUMBER")
  }
}
