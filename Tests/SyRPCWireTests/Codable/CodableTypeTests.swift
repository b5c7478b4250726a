import SyRPCWire
import Testing

@Suite struct CodableTypeTests {
  /// Encodes, compares with the text that is expected, and decodes.
  private func expect<T: Codable & Equatable>(_ value: T, _ text: String) throws {
    let json = try JSON(encoding: value)
    #expect(try json.text == text)
    #expect(try json.decoded(as: T.self) == value)
    #expect(try JSON(text: text).decoded(as: T.self) == value)
  }

  private struct Order: Codable, Equatable {
    var zip: String
    var amount: Int
    var note: String?
    var tags: Set<String>
    var lines: [Line]
  }
  private struct Line: Codable, Equatable {
    var price: Double
    var paid: Bool
  }

  @Test func structsKeepTheOrderOfTheirProperties() throws {
    try expect(
      Order(zip: "8000", amount: 3, note: nil, tags: ["x"], lines: [Line(price: 1.5, paid: true)]),
      #"{"zip":"8000","amount":3,"tags":["x"],"lines":[{"price":1.5,"paid":true}]}"#)
  }

  @Test func singleValuesAtTheTop() throws {
    try expect("ü", #""\u00FC""#)
    try expect(true, "true")
    try expect(Int?.none, "null")
    try expect(Int??.some(7), "7")
    try expect([Int](), "[]")
    try expect([String: Int](), "{}")
  }

  private enum Shape: Codable, Equatable {
    case point
    case circle(radius: Int)
    case line(Double, Double)
    indirect case pair(Shape, Shape?)
  }

  @Test func enumsWithPayloads() throws {
    try expect(
      [Shape.point, .circle(radius: 2), .line(0.5, -1), .pair(.point, nil)],
      #"[{"point":{}},{"circle":{"radius":2}},{"line":{"_0":0.5,"_1":-1.0}},{"pair":{"_0":{"point":{}}}}]"#)
  }

  private enum Level: Int, Codable { case low = 1, high }
  private enum Suit: String, Codable, CodingKeyRepresentable { case hearts }
  private struct Celsius: RawRepresentable, Codable, Equatable { var rawValue: Double }

  @Test func rawRepresentables() throws {
    try expect([Level.low, .high], "[1,2]")
    try expect([Suit.hearts: Celsius(rawValue: 20.5)], #"{"hearts":20.5}"#)
    #expect(try JSON.real(2).decoded() == Level.high)
    #expect(
      decodingFailure { _ = try JSON.array([1, 3]).decoded(as: [Level].self) }?.hasPrefix("dataCorrupted [1]: ") == true
    )
  }

  @Test func dictionaries() throws {
    try expect([-7: [1: "a"]], #"{"-7":{"1":"a"}}"#)
    try expect([true: 1], "[true,1]")
    try expect(["a": Int?.none], #"{"a":null}"#)
    #expect(
      decodingFailure { _ = try JSON.object(["x": 1]).decoded(as: [Int: Int].self) }?.hasPrefix("typeMismatch(Int) x: ")
        == true)
  }

  private struct Maybe: Codable, Equatable {
    var a: Int?
    var b: [Int?]?
    var c: Line?
  }

  @Test func nullAndMissingAreNil() throws {
    try expect(Maybe(a: nil, b: [nil, 1], c: nil), #"{"b":[null,1]}"#)
    #expect(try JSON.object(["a": nil, "b": nil, "c": nil]).decoded() == Maybe())
    #expect(try JSON.object([:]).decoded() == Maybe())
  }

  private struct Empty: Codable, Equatable {}
  private struct Silent: Encodable { func encode(to encoder: any Encoder) {} }

  @Test func whatEncodesNothingIsAnEmptyObject() throws {
    try expect(Empty(), "{}")
    try expect([Empty()], "[{}]")
    #expect(try JSON(encoding: Silent()) == [:])
    #expect(try JSON(encoding: [Silent()]) == [[:]])
  }

  @Test func anExistentialIsEncodedAsWhatItHolds() throws {
    let values: [any Encodable] = [1, "a", Level.low]
    #expect(try values.map { try JSON(encoding: $0) } == [1, "a", 1])
  }

  @Test func canonicallyEquivalentKeysStayTwo() throws {
    let json: JSON = ["\u{E9}": 1, "e\u{301}": 2]
    #expect(try json.decoded(as: JSONObject.self).count == 2)
    #expect(try json.decoded(as: [String: Int].self).count == 1)
  }
}
