import SyRPCWire
import Testing

@Suite struct MessagesTests {
  @Test func aComplaintAboutManyLongKeysIsShort() throws {
    let keys = (0..<1000).map { "\"\($0)\(String(repeating: "e\u{301}", count: 1000))\":0" }
    let error = try #require(throws: MessageError.self) {
      try ResultMessage(decoding: "{\(keys.joined(separator: ","))}".utf8)
    }
    #expect(error.description.hasPrefix("the key \"result_id\" is missing; there is 0"))
    #expect(error.description.hasSuffix(", 990 more") && error.description.utf8.count < 2000)
  }

  @Test func aRequestComesBackAsItWas() throws {
    let request = RequestMessage(resultID: "id", type: "echo", data: [1, "ü", nil])
    let body = try request.encoded()
    #expect(String(decoding: body, as: UTF8.self) == #"{"result_id":"id","type":"echo","data":[1,"\u00FC",null]}"#)
    #expect(try RequestMessage(decoding: body) == request)
  }

  @Test func aResultComesBackAsItWas() throws {
    let result = ResultMessage(resultID: "id", data: ["a": 1.0])
    let body = try result.encoded()
    #expect(String(decoding: body, as: UTF8.self) == #"{"result_id":"id","data":{"a":1.0}}"#)
    #expect(try ResultMessage(decoding: body) == result)
  }

  @Test(arguments: [(" echo \n", "echo"), ("\u{A0}\u{3000}a b\t", "a b"), ("", ""), (" \u{2028} ", ""), ("e", "e")])
  func whiteSpaceAroundTheTypeIsDropped(_ type: String, _ trimmed: String) throws {
    #expect(RequestMessage(resultID: "", type: type, data: nil).type == trimmed)
    let body = try JSON.object(["result_id": "", "type": .string(type), "data": nil]).encoded()
    #expect(try RequestMessage(decoding: body).type == trimmed)
  }

  @Test func moreKeysDoNoHarm() throws {
    let text = #"{"x":1,"data":2,"result_id":"a","type":"t","y":[]}"#
    #expect(try RequestMessage(decoding: text.utf8) == RequestMessage(resultID: "a", type: "t", data: 2))
    #expect(try ResultMessage(decoding: text.utf8) == ResultMessage(resultID: "a", data: 2))
  }

  @Test(
    arguments: [
      ("", nil, ["not JSON", "at byte 0"]), ("{\"result_id\":", nil, ["not JSON", "at byte 13"]),
      (#"{"result_id":"a","type":"t","data":99999999999999999999}"#, nil, ["not JSON", "at byte 55"]),
      ("[]", nil, ["an array"]), ("\"a\"", nil, ["a string"]), ("1", nil, ["an integer"]), ("null", nil, ["null"]),
      ("{}", "result_id", ["\"result_id\" is missing", "none"]),
      (#"{"type":"t","data":1}"#, "result_id", ["\"result_id\" is missing", "type, data"]),
      (#"{"result_id":"a","data":1}"#, "type", ["\"type\" is missing", "result_id, data"]),
      (#"{"result_id":"a","type":"t"}"#, "data", ["\"data\" is missing", "result_id, type"]),
      (#"{"result_id":1,"type":"t","data":1}"#, "result_id", ["\"result_id\" is an integer"]),
      (#"{"result_id":null,"type":"t","data":1}"#, "result_id", ["\"result_id\" is null"]),
      (#"{"result_id":"a","type":["t"],"data":1}"#, "type", ["\"type\" is an array"]),
      (#"{"result_id":"a","type":1.5,"data":1}"#, "type", ["\"type\" is a real number"]),
    ] as [(String, String?, [String])])
  func aMalformedRequestIsNamed(_ body: String, _ key: String?, _ words: [String]) {
    let error = #expect(throws: MessageError.self) { try RequestMessage(decoding: body.utf8) }
    #expect(error?.key == key)
    for word in words {
      #expect(error?.description.contains(word) == true, "\(error?.description ?? "") has no \(word)")
    }
    #expect((error?.jsonError != nil) == words.contains("not JSON"))
  }

  @Test(
    arguments: [
      (#"{"data":1}"#, "result_id", "\"result_id\" is missing"), (#"{"result_id":"a"}"#, "data", "\"data\" is missing"),
      (#"{"result_id":{},"data":1}"#, "result_id", "\"result_id\" is an object"), ("true", nil, "a boolean"),
    ] as [(String, String?, String)])
  func aMalformedResultIsNamed(_ body: String, _ key: String?, _ words: String) {
    let error = #expect(throws: MessageError.self) { try ResultMessage(decoding: body.utf8) }
    #expect(error?.key == key)
    #expect(error?.description.contains(words) == true)
  }

  @Test func aPayloadOfNullIsOne() throws {
    #expect(try ResultMessage(decoding: #"{"result_id":"a","data":null}"#.utf8).data == .null)
  }

  @Test(
    arguments: [
      (#"{"result_id":"a","data":99999999999999999999}"#, "a"), (#"{"result_id":"a","data":1e999}"#, "a"),
      (#"{"data":"\ud800","result_id":"b"}"#, "b"), (#"{"data":{"\u0000":1},"result_id":"ü"}"#, "ü"),
      (#"{"result_id":"a"}"#, "a"), (#"{"result_id":1,"data":99999999999999999999}"#, nil), ("[", nil), ("", nil),
      (#"{"result_id":"a","data":1-2}"#, nil),
    ] as [(String, String?)])
  func whoWaitsCanBeReadOfWhatCannotBeHeld(_ body: String, _ id: String?) {
    #expect(resultID(ofUnreadable: Array(body.utf8)) == id)
  }
}
