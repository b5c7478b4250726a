import InteropModel
import InteropRunner
import SyRPCWire
import Testing

@Suite struct PeerAnswerTests {
  private func error(_ line: String) throws -> PeerError {
    try #require(throws: PeerError.self) { try PeerAnswer(line: line, id: 3, operation: "serve") }
  }

  @Test func whatTheOperationAnswersIsRead() throws {
    let line =
      #"{"id":3,"ok":true,"result_id":"a","payload":"1","requests":[{"type":"t","result_id":"b","payload":"null"}]}"#
    let answer = try PeerAnswer(line: line, id: 3, operation: "serve")
    #expect(try answer.putID() == "a")
    #expect(try answer.result().payload == "1")
    let request = try #require(try answer.requests(1).first)
    #expect(request.type == "t" && request.resultID == "b" && request.payload == "null")
    let breach = try #require(throws: PeerError.self) { try answer.requests(2) }
    #expect(breach == PeerError(.broken, "the answer to serve does not list 2 \"requests\", but 1"))
    #expect(throws: PeerError.self) { try answer.identity() }
  }

  @Test func anErrorIsTheAdapters() throws {
    let line = #"{"id":3,"ok":false,"error":{"kind":"timeout","message":"nothing came"}}"#
    #expect(try error(line) == PeerError(.timeout, "nothing came"))
  }

  @Test(arguments: [
    ("[]", "no JSON object: []"), (#"{"id":3}"#, "no \"ok\""), (#"{"id":3.0,"ok":true}"#, "out of turn"),
    (#"{"id":3,"ok":false}"#, "no known \"kind\""),
    (#"{"id":3,"ok":false,"error":{"kind":"broken","message":"it says so"}}"#, "no known \"kind\""),
    (#"{"id":3,"ok":false,"error":{"kind":"failed"}}"#, "no \"message\""),
  ])
  func aBreachIsNamed(_ line: String, _ message: String) throws {
    let error = try error(line)
    #expect(error.kind == .broken)
    #expect(error.message.contains(message), "\(error)")
  }

  @Test(arguments: [
    (#"{"result_id":7}"#, #"the answer to put_request has a "result_id" that is an integer, not a string"#),
    (#"{"result_ID":"7"}"#, #"the answer to put_request has no "result_id""#),
  ])
  func anIDOfAnotherTypeIsNamed(_ members: String, _ message: String) throws {
    #expect(try breach(members) { _ = try $0.putID() } == message)
  }

  @Test(arguments: [
    (#"{"payload":{"value":1}}"#, #"the answer to get_result has a "payload" that is an object, not a string"#),
    (
      #"{"payload":"1","result_id":7}"#, #"the answer to get_result has a "result_id" that is an integer, not a string"#
    ),
  ])
  func aResultOfAnotherTypeIsNamed(_ members: String, _ message: String) throws {
    #expect(try breach(members) { _ = try $0.result() } == message)
  }

  @Test(arguments: [
    (#"{"requests":{}}"#, #"the answer to serve does not list 1 "requests", but an object"#),
    ("{}", #"the answer to serve does not list 1 "requests", but nothing"#),
    (#"{"requests":["a"]}"#, "request 1 of the answer to serve is a string, not an object"),
    (
      #"{"requests":[{"type":"t","result_id":"b","payload":null}]}"#,
      #"request 1 of the answer to serve has a "payload" that is null, not a string"#
    ),
    (#"{"requests":[{"result_id":"b","payload":"1"}]}"#, #"request 1 of the answer to serve has no "type""#),
  ])
  func aRequestOfAnotherTypeIsNamed(_ members: String, _ message: String) throws {
    #expect(try breach(members) { _ = try $0.requests(1) } == message)
  }

  private func breach(_ members: String, _ read: (PeerAnswer) throws -> Void) throws -> String {
    var answer: JSONObject = ["id": 3, "ok": true]
    for (key, value) in try JSON(parsing: members.utf8).objectValue ?? [:] { answer[key] = value }
    let line = JSON.object(answer).description
    let error = try #require(throws: PeerError.self) { try read(try PeerAnswer(line: line, id: 3, operation: "x")) }
    #expect(error.kind == .broken)
    return error.message
  }

  @Test(arguments: [
    (#"{"implementation":7}"#, #"its hello: "implementation" is an integer, not a string"#),
    (#"{"runtime":null}"#, #"its hello: "runtime" is missing"#),
    (#"{"libraries":[]}"#, #"its hello: "libraries" is an array, not an object"#),
    (#"{"libraries":{"amqp":1.5}}"#, #"its hello, in "libraries": "amqp" is a real number, not a string"#),
    (#"{"settings":{"precision":17}}"#, #"its hello, in "settings": "precision" is an integer, not a string"#),
    (#"{"bridged":"all"}"#, #"its hello: "bridged" is a string, not an array of strings"#),
    (#"{"golden":2}"#, #"its hello: "golden" is an integer, not a string"#),
    (#"{"goldn":"python2"}"#, #"its hello: "goldn" means nothing here; did you mean "golden"?"#),
    (#"{"features":["serve",1]}"#, #"its hello: "features" is an array, not an array of strings"#),
    (#"{"features":["serv"]}"#, #"its hello: "features" names "serv", which is none; did you mean "serve"?"#),
    (#"{"features":[]}"#, #"its hello has no "features", so it would be asked for nothing"#),
    (#"{"reference":"no"}"#, #"its hello: "reference" is a string, not a boolean"#),
  ])
  func aHelloThatIsNotAsItMustBeIsNamed(_ members: String, _ message: String) throws {
    var hello: JSONObject = ["implementation": "i", "runtime": "r", "features": ["serve"]]
    for (key, value) in try JSON(parsing: members.utf8).objectValue ?? [:] { hello[key] = value }
    let line = JSON.object(["id": 3, "ok": true, "hello": .object(hello)]).description
    let answer = try PeerAnswer(line: line, id: 3, operation: "hello")
    #expect(try #require(throws: PeerError.self) { try answer.identity() } == PeerError(.broken, message))
  }

  @Test func whatAnAdapterDoesNotKnowItMaySay() throws {
    let line =
      #"{"id":3,"ok":true,"hello":{"implementation":"i","runtime":"r","features":["serve"],"golden":null,"location":null}}"#
    let identity = try PeerAnswer(line: line, id: 3, operation: "hello").identity()
    #expect(identity.golden == nil && identity.location == nil && !identity.isReference)
  }

  /// A character has no end as long as marks combine with it.
  @Test func aComplaintIsShort() throws {
    let error = try error("e" + String(repeating: "\u{301}", count: 100_000))
    #expect(error.message.utf8.count < 1000)
  }
}
