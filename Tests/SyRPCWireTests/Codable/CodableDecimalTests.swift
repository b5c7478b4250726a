import Foundation
import SeededRandom
import SyRPCWire
import Testing

@Suite struct CodableDecimalTests {
  @Test(arguments: [
    "0", "12.34", "-0.1", "340282366920938463463374607431768211455", "-99999999999999999999999999999999999999",
    "0.00000000000000000000000000000000000001", "1" + String(repeating: "0", count: 128),
  ])
  func digitsComeBack(_ text: String) throws {
    let value = try JSON.array([.string(text)]).decoded(as: [Decimal].self)
    #expect(try JSON(encoding: value) == [.string(text)])
  }

  @Test func everyDecimalComesBack() throws {
    var generator = Seeded(3)
    for _ in 0..<2000 {
      let high = Decimal(UInt64.random(in: 0...0xFFFF_FFFF, using: &generator))
      let value = Decimal(
        sign: Bool.random(using: &generator) ? .plus : .minus, exponent: Int.random(in: -127...108, using: &generator),
        significand: high * 10_000_000_000 + Decimal(UInt64.random(in: 0...9_999_999_999, using: &generator)))
      #expect(try JSON(encoding: value).decoded() == value)
    }
    #expect(try JSON(encoding: Decimal.greatestFiniteMagnitude).decoded() == Decimal.greatestFiniteMagnitude)
    #expect(try JSON(encoding: Decimal.leastNonzeroMagnitude).decoded() == Decimal.leastNonzeroMagnitude)
  }

  @Test(
    arguments: [
      (1, "1"), (.integer(.min), "-9223372036854775808"), (0.1, "0.1"), (1e23, "1e23"), (-0.0, "0"), ("+1.50E1", "15"),
      ("007", "7"), ("-0e5", "0"), ("1e128", "10e127"),
    ] as [(JSON, String)])
  func numbersAndSpellings(_ json: JSON, _ text: String) throws {
    #expect(try json.decoded(as: Decimal.self) == Decimal(string: text))
  }

  @Test(
    arguments: [
      "", "1x", ".5", "1.", "1,5", "NaN", "1e129999", "1e-9223372036854775808", "0x1", " 1", "٣",
      "340282366920938463463374607431768211456", "1.23456789012345678901234567890123456789012", "1e-129", "1e200",
    ] as [String])
  func whatDecimalDoesNotHold(_ text: String) {
    #expect(
      decodingFailure { _ = try JSON.object(["a": .string(text)]).decoded(as: [String: Decimal].self) }
        == "dataCorrupted a: \(text.debugDescription) is not a number that Decimal holds exactly")
  }

  @Test func otherFailures() {
    #expect(encodingFailure { _ = try JSON(encoding: [Decimal.nan]) } == "[0]: NaN has no form in JSON")
    #expect(
      decodingFailure { _ = try JSON.real(1e300).decoded(as: Decimal.self) }
        == #"dataCorrupted : "1e+300" is not a number that Decimal holds exactly"#)
    #expect(
      decodingFailure { _ = try JSON.bool(true).decoded(as: Decimal.self) }
        == "typeMismatch(Decimal) : expected a string, found a boolean")
  }
}
