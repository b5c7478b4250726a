import Foundation
import SyRPCWire
import Testing

@Suite struct CodableJSONTests {
  private struct Holder: Codable, Equatable {
    var any: JSON
    var maybe: JSON?
    var members: JSONObject
    var list: [JSON]
    var named: [String: JSON]
  }

  private static let everything: JSON = [
    "z": [
      1, 1.0, -0.0, nil, true, "e\u{301}", "\u{E9}", .integer(.max), .integer(.min), .real(.leastNonzeroMagnitude),
    ],
    "a": ["\u{E9}": [:]],
    "n": [[], .real(1e21)],
  ]

  @Test(arguments: [JSON.null, 1, 1.0, everything])
  func itIsCarriedOverAsItIs(_ value: JSON) throws {
    let holder = Holder(any: value, maybe: value, members: ["x": value], list: [value], named: ["y": value])
    let json = try JSON(encoding: holder)
    #expect(json == ["any": value, "maybe": value, "members": ["x": value], "list": [value], "named": ["y": value]])
    #expect(json["any"]?.description == value.description)
    #expect(try json.decoded() == holder)
    #expect(try JSON(encoding: value) == value)
    #expect(try value.decoded() == value)
  }

  @Test func nullAndMissingAreTwoThings() throws {
    let holder = Holder(any: nil, maybe: nil, members: [:], list: [nil], named: ["x": nil])
    #expect(try JSON(encoding: holder)["maybe"] == nil)
    #expect(try JSON(encoding: holder).decoded() == holder)
    var null = holder
    null.maybe = .some(.null)
    #expect(try JSON(encoding: null)["maybe"] == .null)
    #expect(try JSON(encoding: null).decoded() == null)
    // Where nil itself becomes null, they cannot be told apart.
    #expect(try JSON(encoding: [JSON?.some(.null), nil]).decoded() == [JSON?.none, nil])
  }

  /// Hands its encoder and decoder on.
  private struct Wrapper: Codable, Equatable {
    var json: JSON
    init(_ json: JSON) { self.json = json }
    func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
    init(from decoder: any Decoder) throws { json = try JSON(from: decoder) }
  }

  @Test func anEncoderHandedOn() throws {
    #expect(try JSON(encoding: [Wrapper(Self.everything)]) == [Self.everything])
    #expect(try JSON.array([Self.everything]).decoded() == [Wrapper(Self.everything)])
  }

  @Test func withFoundation() throws {
    let value: JSON = [
      "a": [1, 1.5, nil, true, false, "x", .integer(.max), .integer(.min)], "b": ["c": [:], "d": []],
    ]
    for holder in [value, [value], "x", nil, 7] as [JSON] {
      let data = try JSONEncoder().encode(holder)
      #expect(try JSON(parsing: data) == holder)
      #expect(try JSONDecoder().decode(JSON.self, from: data) == holder)
    }
    let object: JSONObject = ["a": value]
    #expect(try JSONDecoder().decode(JSONObject.self, from: JSONEncoder().encode(object)) == object)
    #expect(
      decodingFailure { _ = try JSONDecoder().decode([JSONObject].self, from: Data("[1]".utf8)) }
        == "typeMismatch(JSONObject) [0]: expected an object, found an integer")
  }

  @Test func whatFoundationMakesOfNumbers() throws {
    #expect(try JSONDecoder().decode(JSON.self, from: Data("[1.0]".utf8)) == [1])
    #expect(try JSONDecoder().decode(JSON.self, from: Data("[9223372036854775808]".utf8)) == [0x1p63])
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(JSON.array([.real(.nan)])) }
  }

  @Test func propertyListsWithoutNull() throws {
    let value: JSON = ["a": [1, 1.5, true, "x"], "b": [:]]
    let data = try PropertyListEncoder().encode(value)
    #expect(try PropertyListDecoder().decode(JSON.self, from: data) == value)
    let date = try PropertyListEncoder().encode(["d": Date.now])
    #expect(throws: DecodingError.self) { try PropertyListDecoder().decode(JSON.self, from: date) }
  }
}
