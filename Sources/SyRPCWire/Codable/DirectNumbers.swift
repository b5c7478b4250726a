extension Int: DirectJSON {}
extension Int8: DirectJSON {}
extension Int16: DirectJSON {}
extension Int32: DirectJSON {}
extension Int64: DirectJSON {}
extension Int128: DirectJSON {}
extension UInt: DirectJSON {}
extension UInt8: DirectJSON {}
extension UInt16: DirectJSON {}
extension UInt32: DirectJSON {}
extension UInt64: DirectJSON {}
extension UInt128: DirectJSON {}

extension DirectJSON where Self: FixedWidthInteger {
  func json(at path: CodingPath) throws -> JSON {
    guard let integer = Int64(exactly: self) else {
      throw EncodingError.invalidValue(self, path.encodingContext("\(self) is beyond 64 bits with a sign"))
    }
    return .integer(integer)
  }

  init(json: JSON, at path: CodingPath) throws {
    let exact: Self?
    switch json {
    case .integer(let value): exact = Self(exactly: value)
    case .real(let value): exact = Self(exactly: value)
    default: throw Self.mismatch("a number", json, at: path)
    }
    guard let exact else { throw path.doesNotHold(Self.self, json) }
    self = exact
  }
}

extension Double: DirectJSON {
  func json(at path: CodingPath) throws -> JSON { .real(try finite(at: path)) }
}

extension Float: DirectJSON {
  func json(at path: CodingPath) throws -> JSON {
    let digits = try finite(at: path).description
    // Node and PHP send a whole number on as an integer, and that of the fewest digits is most often not this float.
    if Int64(exactly: self) != nil { return .real(Double(self)) }
    // Widened alone, 0.1 would be written with all the digits of the double that the float is.
    guard let short = Double(digits), Float(short) == self else { return .real(Double(self)) }
    return .real(short)
  }
}

extension DirectJSON where Self: BinaryFloatingPoint {
  fileprivate func finite(at path: CodingPath) throws -> Self {
    guard isFinite else {
      throw EncodingError.invalidValue(self, path.encodingContext("\(self) has no form in JSON"))
    }
    return self
  }

  init(json: JSON, at path: CodingPath) throws {
    let held: Self?
    switch json {
    case .integer(let value): held = Self(exactly: value)
    case .real(let value):
      let rounded = Self(value)
      held = rounded.isInfinite && value.isFinite ? nil : rounded
    default: throw Self.mismatch("a number", json, at: path)
    }
    guard let held else { throw path.doesNotHold(Self.self, json) }
    self = held
  }
}

extension CodingPath {
  fileprivate func doesNotHold(_ type: any Any.Type, _ number: JSON) -> DecodingError {
    .dataCorrupted(decodingContext("\(type) does not hold \(number)"))
  }
}
