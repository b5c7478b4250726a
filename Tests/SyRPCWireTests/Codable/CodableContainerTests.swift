import SyRPCWire
import Testing

/// A value that encodes by a closure.
struct Encoding: Encodable {
  let body: (any Encoder) throws -> Void
  func encode(to encoder: any Encoder) throws { try body(encoder) }
}

@Suite struct CodableContainerTests {
  private enum Key: String, CodingKey { case a, b, c, d }

  @Test func membersStandInTheOrderOfEncoding() throws {
    let value = Encoding { encoder in
      var object = encoder.container(keyedBy: Key.self)
      #expect(object.codingPath.isEmpty)
      try object.encode(1, forKey: .c)
      var nested = object.nestedContainer(keyedBy: Key.self, forKey: .a)
      var list = object.nestedUnkeyedContainer(forKey: .d)
      try object.encodeNil(forKey: .b)
      // What was opened before is filled after.
      try nested.encode("x", forKey: .b)
      #expect(nested.codingPath.map(\.stringValue) == ["a"])
      try list.encodeNil()
      var inner = list.nestedContainer(keyedBy: Key.self)
      var innerList = list.nestedUnkeyedContainer()
      try list.encode(2)
      #expect(list.count == 4)
      try inner.encode(true, forKey: .a)
      try innerList.encode(contentsOf: [3, 4])
      #expect(innerList.codingPath.map(\.intValue) == [nil, 2])
    }
    #expect(try JSON(encoding: value).text == #"{"c":1,"a":{"b":"x"},"d":[null,{"a":true},[3,4],2],"b":null}"#)
  }

  @Test func aContainerAskedForAgainIsTheSame() throws {
    let value = Encoding { encoder in
      var one = encoder.container(keyedBy: Key.self)
      var other = encoder.container(keyedBy: Key.self)
      try one.encode(1, forKey: .a)
      try other.encode(2, forKey: .b)
      var nested = one.nestedUnkeyedContainer(forKey: .c)
      var same = other.nestedUnkeyedContainer(forKey: .c)
      try nested.encode(3)
      try same.encode(4)
    }
    #expect(try JSON(encoding: value).text == #"{"a":1,"b":2,"c":[3,4]}"#)
  }

  @Test func ofAKeyTwiceTheLastWins() throws {
    let value = Encoding { encoder in
      var object = encoder.container(keyedBy: Key.self)
      try object.encode(1, forKey: .a)
      var replaced = object.nestedUnkeyedContainer(forKey: .b)
      try replaced.encode(2)
      try object.encode(3, forKey: .b)
      try object.encode(4, forKey: .a)
    }
    #expect(try JSON(encoding: value).text == #"{"a":4,"b":3}"#)
  }

  private static let second = "a second value, or kind of container, for one encoder"

  @Test func twoKindsOfContainerAreRefused() {
    func failure(_ body: @escaping (any Encoder) throws -> Void) -> String? {
      encodingFailure { _ = try JSON(encoding: ["x": [Encoding(body: body)]]) }
    }
    let expected = "x[0]: \(Self.second)"
    #expect(
      failure {
        _ = $0.unkeyedContainer()
        var object = $0.container(keyedBy: Key.self)
        try object.encode(1, forKey: .a)
      } == expected)
    #expect(
      failure {
        var single = $0.singleValueContainer()
        try single.encode(1)
        try single.encodeNil()
      } == expected)
    #expect(
      failure {
        try 1.encode(to: $0)
        _ = $0.unkeyedContainer()
      } == expected)
    #expect(
      failure {
        var object = $0.container(keyedBy: Key.self)
        _ = object.nestedContainer(keyedBy: Key.self, forKey: .a)
        _ = object.nestedUnkeyedContainer(forKey: .a)
      } == "x[0].a: \(Self.second)")
  }

  private struct Elements: Decodable {
    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      #expect(list.count == 5)
      #expect(try list.decodeNil() == false)
      #expect(decodingFailure { _ = try list.decode(String.self) }?.hasPrefix("typeMismatch(String) [0]") == true)
      // What failed, and what was no null, is still there.
      #expect(try list.decode(Int.self) == 1)
      #expect(try list.decodeNil())
      #expect(try list.nestedContainer(keyedBy: Key.self).allKeys == [.a])
      var nested = try list.nestedUnkeyedContainer()
      #expect(try nested.decodeIfPresent(Int.self) == nil)
      #expect(try nested.decodeIfPresent(Int.self) == 2)
      #expect(try nested.decodeIfPresent(Int.self) == nil)
      #expect(try list.superDecoder().singleValueContainer().decode(Bool.self))
      #expect(list.isAtEnd && list.currentIndex == 5)
      #expect(
        decodingFailure { _ = try list.decode(Int.self) } == "valueNotFound(Int) [5]: the array ends after 5 elements")
      #expect(
        decodingFailure { _ = try nested.decodeNil() }?.hasSuffix(" [3][2]: the array ends after 2 elements") == true)
    }
  }

  @Test func elementsOneByOne() throws {
    _ = try JSON.array([1, nil, ["a": 1, "other": 2], [nil, 2], true]).decoded(as: Elements.self)
  }

  @Test func membersThatAreNotThere() {
    struct Reads: Decodable {
      init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        #expect(decodingFailure { _ = try object.decodeNil(forKey: .b) } == "keyNotFound(b) [0]: no member \"b\"")
        #expect(
          decodingFailure { _ = try object.decode(Int.self, forKey: .b) } == "keyNotFound(b) [0]: no member \"b\"")
        #expect(try object.decodeIfPresent(Int.self, forKey: .b) == nil)
        #expect(try object.contains(.a) && object.decodeNil(forKey: .a))
        #expect(
          decodingFailure { _ = try object.nestedUnkeyedContainer(forKey: .a) }
            == "valueNotFound(Array<JSON>) [0].a: expected an array, found null")
        #expect(
          decodingFailure { _ = try object.nestedContainer(keyedBy: Key.self, forKey: .c) }
            == "keyNotFound(c) [0]: no member \"c\"")
        #expect(decodingFailure { _ = try object.superDecoder() } == "keyNotFound(super) [0]: no member \"super\"")
      }
    }
    #expect(throws: Never.self) { _ = try JSON.array([["a": nil]]).decoded(as: [Reads].self) }
  }

  @Test(
    arguments: [
      (["a": "x"], "typeMismatch(Int) a: expected a number, found a string"),
      (["a": nil], "valueNotFound(Int) a: expected a number, found null"),
      (["a": 1.5], "dataCorrupted a: Int does not hold 1.5"),
      ([], "typeMismatch(JSONObject) : expected an object, found an array"),
    ] as [(JSON, String)])
  func mismatches(_ json: JSON, _ expected: String) {
    #expect(decodingFailure { _ = try json.decoded(as: [String: Int].self) } == expected)
  }
}
