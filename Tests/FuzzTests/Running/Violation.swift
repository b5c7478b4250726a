/// What a reader did that it must not do.
struct Violation: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Demands a property of a reader.
func demand(_ holds: Bool, _ property: @autoclosure () -> String) throws(Violation) {
  if !holds { throw Violation(property()) }
}

/// The value of what must not fail.
func demanding<Value>(_ property: String, _ body: () throws -> Value) throws(Violation) -> Value {
  do { return try body() } catch { throw Violation("\(property): \(error)") }
}
