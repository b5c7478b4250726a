import SyRPCWire
import Testing

@Suite struct CodableIntegerTests {
  /// Both limits of a width: those that JSON holds come back, the others and those one beyond are refused.
  private func limits<I: FixedWidthInteger & Codable & Sendable>(of type: I.Type) throws {
    for limit in [I.min, I.max] {
      if let integer = Int64(exactly: limit) {
        #expect(try JSON(encoding: [limit]) == [.integer(integer)])
        #expect(try JSON.array([.integer(integer)]).decoded() == [limit])
      } else {
        let failure = encodingFailure { _ = try JSON(encoding: ["a": [limit]]) }
        #expect(failure == "a[0]: \(limit) is beyond 64 bits with a sign")
      }
    }
    guard I.bitWidth < 64 else { return }
    for integer in [Int64(I.min) - 1, Int64(I.max) + 1] {
      let failure = decodingFailure { _ = try JSON.object(["a": .integer(integer)]).decoded(as: [String: I].self) }
      #expect(failure == "dataCorrupted a: \(I.self) does not hold \(integer)")
    }
  }

  @Test func everyWidthEndsWhereItEnds() throws {
    try limits(of: Int8.self)
    try limits(of: Int16.self)
    try limits(of: Int32.self)
    try limits(of: Int64.self)
    try limits(of: Int.self)
    try limits(of: UInt8.self)
    try limits(of: UInt16.self)
    try limits(of: UInt32.self)
    try limits(of: UInt64.self)
    try limits(of: UInt.self)
    try limits(of: Int128.self)
    try limits(of: UInt128.self)
  }

  private struct Wide: Codable, Equatable {
    var signed: Int128
    var unsigned: UInt128
    var maybe: UInt128?
  }

  @Test func wideIntegersWithinJSON() throws {
    let value = Wide(signed: Int128(Int64.min), unsigned: UInt128(Int64.max), maybe: 1)
    let json = try JSON(encoding: value)
    #expect(json == ["signed": .integer(.min), "unsigned": .integer(.max), "maybe": 1])
    #expect(try json.decoded() == value)
    let wider: JSON = ["signed": -1e20, "unsigned": 1e20]
    #expect(
      try wider.decoded() == Wide(signed: -100_000_000_000_000_000_000, unsigned: 100_000_000_000_000_000_000))
  }

  @Test func wideIntegersInEachContainer() throws {
    let json = JSON.array([.integer(.max), .integer(.min)])
    #expect(try JSON(encoding: [Int128(Int64.max), Int128(Int64.min)]) == json)
    #expect(try json.decoded() == [Int128(Int64.max), Int128(Int64.min)])
    let value = Encoding { encoder in
      var list = encoder.unkeyedContainer()
      try list.encode(Int128(1))
      try list.encode(UInt128(2))
      var single = list.superEncoder().singleValueContainer()
      try single.encode(Int128(3))
      single = list.superEncoder().singleValueContainer()
      try single.encode(UInt128(4))
    }
    #expect(try JSON(encoding: value) == [1, 2, 3, 4])
    struct Reads: Decodable {
      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        #expect(try list.decode(Int128.self) == 1)
        #expect(try list.decode(UInt128.self) == 2)
        #expect(try list.superDecoder().singleValueContainer().decode(Int128.self) == 3)
        #expect(try list.superDecoder().singleValueContainer().decode(UInt128.self) == 4)
      }
    }
    _ = try JSON.array([1, 2, 3, 4]).decoded(as: Reads.self)
  }

  @Test func wholeRealsAreIntegersAndExactIntegersAreReals() throws {
    #expect(try JSON.real(1).decoded(as: Int.self) == 1)
    #expect(try JSON.real(-0.0).decoded(as: UInt8.self) == 0)
    #expect(try JSON.real(0x1p63).decoded(as: UInt64.self) == 1 << 63)
    #expect(try JSON.integer(1).decoded(as: Double.self) == 1)
    #expect(try JSON.integer(1 << 53).decoded(as: Double.self) == 0x1p53)
    #expect(try JSON.integer(1 << 24).decoded(as: Float.self) == 0x1p24)
  }

  @Test(
    arguments: [
      (1.5, "Int64 does not hold 1.5"), (0x1p63, "Int64 does not hold 9.223372036854776e+18"),
      (1e300, "Int64 does not hold 1e+300"), (Double.leastNonzeroMagnitude, "Int64 does not hold 5e-324"),
    ] as [(Double, String)])
  func otherRealsAreNoIntegers(_ real: Double, _ message: String) {
    #expect(decodingFailure { _ = try JSON.real(real).decoded(as: Int64.self) } == "dataCorrupted : \(message)")
  }

  @Test func integersThatWouldBeRoundedAreNoReals() {
    #expect(
      decodingFailure { _ = try JSON.integer(1 << 53 + 1).decoded(as: Double.self) }
        == "dataCorrupted : Double does not hold 9007199254740993")
    #expect(
      decodingFailure { _ = try JSON.array([16_777_217]).decoded(as: [Float].self) }
        == "dataCorrupted [0]: Float does not hold 16777217")
  }
}
