import SeededRandom
import SyRPCWire
import Testing

@Suite struct CodableRealTests {
  @Test(arguments: [0.1, -0.0, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, 1e21])
  func doublesComeBackToTheBit(_ value: Double) throws {
    #expect(try JSON(encoding: value) == .real(value))
    #expect(try JSON.real(value).decoded(as: Double.self).bitPattern == value.bitPattern)
  }

  @Test func floatsHaveTheirFewestDigits() throws {
    #expect(try JSON(encoding: Float(0.1)) == 0.1)
    #expect(try JSON.real(0.1).decoded() == Float(0.1))
    #expect(try JSON(encoding: [Float(16_777_216), -0.0]) == [16_777_216.0, -0.0])
  }

  @Test func everyFloatComesBack() throws {
    var generator = Seeded(1)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: UInt32.random(in: 0 ... .max, using: &generator))
      guard value.isFinite else { continue }
      #expect(try JSON(encoding: value).decoded(as: Float.self).bitPattern == value.bitPattern)
    }
  }

  /// Node and PHP send 1.0 on as 1.
  @Test func aWholeFloatComesBackAsAnInteger() throws {
    // Its fewest digits are 3132360200000000, which no float is.
    #expect(try JSON(encoding: Float(3.1323602e15)) == 3_132_360_182_726_656.0)
    var generator = Seeded(6)
    for _ in 0..<20_000 {
      let value = Float(Int64(bitPattern: generator.next()) >> Int64.random(in: 0...63, using: &generator))
      guard let whole = try JSON(encoding: value).doubleValue, let integer = Int64(exactly: whole) else { continue }
      #expect(try JSON.integer(integer).decoded() == value)
    }
  }

  @Test func aFloatOutOfRangeIsNone() {
    #expect(
      decodingFailure { _ = try JSON.real(1e39).decoded(as: Float.self) } == "dataCorrupted : Float does not hold 1e+39"
    )
  }

  private struct Point: Codable {
    var x: Double
    var ys: [Float?]
  }

  @Test func whatIsNotFiniteIsRefusedWithItsPath() {
    #expect(encodingFailure { _ = try JSON(encoding: ["p": Point(x: .nan, ys: [])]) } == "p.x: nan has no form in JSON")
    #expect(
      encodingFailure { _ = try JSON(encoding: [Point(x: 0, ys: [nil, -.infinity])]) }
        == "[0].ys[1]: -inf has no form in JSON")
    #expect(encodingFailure { _ = try JSON(encoding: Double.infinity) } == ": inf has no form in JSON")
  }
}
