import SyRPCWire
import Testing

@Suite struct JSONValueTests {
  @Test func whatIsEqual() {
    #expect(JSON.integer(1) != .real(1))
    #expect(JSON.real(0) != .real(-0.0))
    #expect(JSON.real(.nan) == .real(.nan))
    #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
    #expect(JSON.bool(true) != .integer(1))
    #expect(JSON.null != .bool(false))
    #expect(JSON.array([1, 2]) != .array([2, 1]))
    #expect(JSON.array([]) != .object([:]))
  }

  @Test func orderOfMembersDoesNotCount() {
    let one: JSON = ["a": 1, "b": [2, ["c": nil]]]
    let other: JSON = ["b": [2, ["c": nil]], "a": 1]
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(one != ["a": 1])
    #expect(one != ["a": 1, "b": 2])
  }

  @Test func equalValuesHashAlike() throws {
    let texts = ["null", "1", "1.0", "\"a\"", "[1,2.5]", #"{"a":{"b":[]},"c":""}"#]
    for text in texts { #expect(try JSON(text: text).hashValue == JSON(text: text).hashValue) }
    #expect(Set(try texts.map { try JSON(text: $0) }).count == texts.count)
  }

  @Test func views() throws {
    let value = try JSON(text: #"{"s":"x","i":1,"r":1.5,"b":true,"n":null,"a":[1],"o":{}}"#)
    #expect(value["s"]?.stringValue == "x")
    #expect(value["i"]?.integerValue == 1)
    #expect(value["i"]?.doubleValue == 1)
    #expect(value["r"]?.doubleValue == 1.5)
    #expect(value["r"]?.integerValue == nil)
    #expect(value["b"]?.boolValue == true)
    #expect(value["a"]?.arrayValue == [1])
    #expect(value["o"]?.objectValue == [:])
    #expect(value["n"] == .null)
    #expect(value["none"] == nil)
    #expect(value["s"]?["x"] == nil)
    #expect(
      value.objectValue?.map(\.value.kind) == [
        "a string", "an integer", "a real number", "a boolean", "null", "an array", "an object",
      ])
  }

  @Test func membersCanBeSetAndRemoved() throws {
    var object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.keys == ["a", "b"])
    #expect(object["a"] == 3)
    object["c"] = 4
    object["a"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(object.map(\.key) == ["b", "c"])
    #expect(try JSON.object(object).text == #"{"b":2,"c":4}"#)
  }
}
