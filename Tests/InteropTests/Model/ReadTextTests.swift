import Testing

@testable import InteropModel

@Suite struct ReadTextTests {
  @Test(arguments: [
    (#"{"a":1,"b":2}"#, false), (#"{"a":1,"a":2}"#, true), (#"{"a":1,"\u0061":2}"#, true),
    (#"{"result_id":"x","data":{"a":1,"a":2}}"#, false), (#"{"data":[{"a":1,"a":{"a":1,"a":2}}],"a":1}"#, false),
    (#"{"data":{"a":1,"a":2},"data":1}"#, true), (#"{"a":"a\":","b":"\\","a" : 1}"#, true),
    (#"[{"a":1,"a":2}]"#, false), (#"{"a":1,"a":"#, false),
  ])
  func onlyKeysOfTheMessageCount(_ text: String, _ repeatsKey: Bool) {
    #expect(ReadText(Array(text.utf8)).repeatsKey == repeatsKey)
  }
}
