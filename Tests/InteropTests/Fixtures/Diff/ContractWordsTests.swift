import SyRPCWire
import Testing

@testable import InteropFixtures

@Suite struct ContractWordsTests {
  @Test(arguments: [
    ("request.fields.trace", "request", "field `trace`"), ("result.fields.took.type", "result", "field `took`: type"),
    ("result.arguments.x-message-ttl", "result queues", "x-message-ttl"),
    ("request.properties.priority", "request", "property priority"), ("result.headers.x-a", "result", "header x-a"),
    ("request.unknown_fields", "request", "unknown fields"), ("result.body.codecs[]", "result", "body: codecs[]"),
    ("properties.delivery-mode", "all messages", "property delivery-mode"),
    ("headers.x-a", "all messages", "header x-a"),
    ("exchange.type", "exchanges", "type"), ("queue.flags", "queues", "flags"),
    ("defaults.amq_ttl", "settings", "default of amq_ttl"), ("hash.key", "hash", "key"),
    ("version", "contract", "version"),
  ])
  func aMemberIsCalledWhatItIs(_ path: String, _ place: String, _ what: String) {
    let words = ContractWords(path)
    #expect(words.place == place && words.what == what, "\(words)")
  }

  @Test func aNewFieldIsToldInOneSentence() {
    let words = ContractWords("request.fields.trace")
    #expect(
      words.told("is new", ["type": "string", "presence": "optional"]).text
        == "field `trace` is new, optional, of type string")
    #expect(words.told("is new", ["type": "any"]).text == "field `trace` is new, required, of type any")
    #expect(words.told("is gone", nil) == ("field `trace` is gone", false))
    #expect(words.told(nil, nil) == ("field `trace`", false))
  }
}
