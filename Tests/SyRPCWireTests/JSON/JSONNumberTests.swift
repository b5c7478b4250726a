import SyRPCWire
import Testing

@Suite struct JSONNumberTests {
  @Test func integersAreExactToTheLastBit() throws {
    for value in [0, 1, -1, .max, .min, .max - 1, .min + 1, 1 << 53, 1 << 53 + 1] as [Int64] {
      #expect(try JSON(text: "\(value)") == .integer(value))
      #expect(try JSON.integer(value).text == "\(value)")
    }
    #expect(try JSON(text: "-0") == .integer(0))
  }

  @Test(
    arguments: [
      (0.1, "0.1"), (.leastNonzeroMagnitude, "5e-324"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
      (1e21, "1e+21"),
      (-0.0, "-0.0"), (0.0, "0.0"), (1.0, "1.0"), (1.0 / 3.0, "0.3333333333333333"), (1e23, "1e+23"),
      (100000.0, "100000.0"), (123456789012345680.0, "1.2345678901234568e+17"),
    ] as [(Double, String)])
  func doublesHaveTheFewestDigits(_ value: Double, _ text: String) throws {
    #expect(try JSON.real(value).text == text)
    #expect(try JSON(text: text) == .real(value))
  }

  @Test func everyBitPatternComesBack() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let back = try JSON(parsing: try JSON.real(value).encoded())
      #expect(back == .real(value), "\(value) of bits \(value.bitPattern)")
    }
  }

  @Test func integersAndRealsStayApart() throws {
    #expect(try JSON(text: "1") != JSON(text: "1.0"))
    #expect(try JSON(text: "1.0").text == "1.0")
    #expect(try JSON(text: "1e0") == .real(1))
    #expect(try JSON(text: "1E2").text == "100.0")
  }

  @Test func aRealTooSmallIsZero() throws {
    #expect(try JSON(text: "1e-400") == .real(0))
  }
}
