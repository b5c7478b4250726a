import Interop
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
    #expect(breach == PeerError(.broken, "the answer to serve does not list 2 \"requests\""))
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

  /// A character has no end as long as marks combine with it.
  @Test func aComplaintIsShort() throws {
    let error = try error("e" + String(repeating: "\u{301}", count: 100_000))
    #expect(error.message.utf8.count < 1000)
  }
}
