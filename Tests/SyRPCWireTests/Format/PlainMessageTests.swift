import Testing

@testable import SyRPCWire

@Suite struct PlainMessageTests {
  /// What is read fast is what is read by way of an object.
  @Test(arguments: [
    #"{"result_id":"a","data":"b"}"#, #" { "result_id" : "a" , "data" : "b" } "#,
    "{\"data\":\n\"b\",\t\"result_id\":\r\"a\"}",
    #"{"result_id":"a","data":{"x":[1,2.5,null,"}"]}}"#, #"{"result_id":"a","data":"caf\u00e9"}"#,
    #"{"result_id":"a","data":"é"}"#,
    #"{"result_id":"","data":-0.0}"#, #"{"result_id":"a","type":"t","data":"b"}"#,
    #"{"type":"t","data":"b","result_id":"a"}"#,
    #"{"result_id":"a","data":[] }"#, #"{"result_id":"a","data":""}"#,
  ])
  func aPlainMessageIsRead(_ text: String) throws {
    let plain = try #require(PlainMessage(text.utf8))
    let object = try JSON(parsing: text.utf8)
    #expect(plain.resultID == object["result_id"]?.stringValue)
    #expect(plain.type == object["type"]?.stringValue)
    #expect(plain.data == object["data"])
  }

  /// All else is for jansson, which also says what is wrong.
  @Test(arguments: [
    "", "{", "{}", "[]", #""a""#, #"{"result_id":"a"}"# + "x", #"{"result_id":"a",}"#, #"{"result_id":"a","data":}"#,
    #"{"result_id":"a","data":"b"}}"#, #"{"result_id":"a","data":1 2}"#, #"{"result_id":"a","data":"b","data":1}"#,
    #"{"result_id":"a","data":"b","data":"c"}"#, #"{"result_id":1,"data":"b"}"#, #"{"result_id":"a","other":"b"}"#,
    #"{"result\u005fid":"a","data":"b"}"#, #"{"result_id":"a\"","data":"b"}"#, #"{"data":[1],"result_id":"a"}"#,
    "{\"result_id\":\"a\",\"data\":\"\u{1}\"}", #"{"result_id":"a","data":99999999999999999999}"#,
    #"{"result_id":"a","data":"b" "type":"c"}"#, #"{"result_id":"a","data":"b" 5}"#, #"{"result_id":"a" ,"data" "b"}"#,
  ])
  func whatIsNotPlainIsLeft(_ text: String) { #expect(PlainMessage(text.utf8) == nil) }

  /// Within an object, a value may be nested one level less deep.
  @Test func nothingIsReadThatIsNestedTooDeep() throws {
    for depth in [JSON.maximumDepth - 2, JSON.maximumDepth - 1, JSON.maximumDepth] {
      let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      let text = #"{"result_id":"a","data":"# + nested + "}"
      #expect(
        ((try? JSON(parsing: text.utf8)) != nil) == ((try? ResultMessage(decoding: text.utf8)) != nil), "\(depth)")
    }
  }

  @Test func whatIsWrittenFastIsWhatAnObjectIsWritten() throws {
    for data: JSON in ["b", "\u{0}é\"\\", ["x": [1, 2.5, nil]], [[]], .string(String(repeating: "x", count: 5000))] {
      #expect(
        try RequestMessage(resultID: "a", type: "t", data: data).encoded()
          == JSON.object(["result_id": "a", "type": "t", "data": data]).encoded())
      #expect(
        try ResultMessage(resultID: "a", data: data).encoded()
          == JSON.object(["result_id": "a", "data": data]).encoded())
    }
  }
}
