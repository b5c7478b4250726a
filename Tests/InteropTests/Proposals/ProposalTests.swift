import Foundation
import SyRPCWire
import Testing

@testable import InteropModel
@testable import InteropSupport

@Suite struct ProposalTests {
  private func base() throws -> Contract { try Contract(try checkout().contract) }

  private func proposal(_ text: String) throws -> Proposal {
    try Proposal(Array(text.utf8), of: "change.json", base: try base())
  }

  /// A proposal of these members, a line each: the first stands on line 5.
  private static func text(_ members: String...) -> String {
    let head = ["\"name\": \"change\"", "\"reason\": \"It is wanted.\"", "\"extends\": 1"]
    return "{\n" + (head + members).joined(separator: ",\n") + "\n}\n"
  }

  @Test(arguments: [
    (
      text("\"extends\": 3").replacing("\"extends\": 1,\n", with: ""),
      "line 4: \"extends\" is 3, and there is no such version"
    ),
    (text(), "\"extends\" is all that there is: it changes nothing of the contract"),
    (text("\"hash\": {\"mask\": \"7fffffff\"}"), "line 5: \"hash\" changes nothing: it says what version 1"),
    (text("\"hahs\": {\"mask\": \"1\"}"), "line 5: \"hahs\" means nothing here; did you mean \"hash\"?"),
    (text("\"hash\": {\"maks\": \"1\"}"), "line 5, in \"hash\": \"maks\" means nothing here; did you mean \"mask\"?"),
    (text("\"hash\": {\"mask\": \"xyz\"}"), "line 5, in \"hash\": \"mask\" is \"xyz\", which is no hexadecimal number"),
    (
      text("\"headers\": {\"x-old\": null}"),
      "line 5, in \"headers\": \"x-old\" is null, which takes it away, and version 1"
    ),
    (
      text("\"request\": {\"fields\": {\"data\": {\"presence\": \"forbidden\"}}}"),
      "\"type\" contradicts that \"data\" is forbidden"
    ),
    (
      text("\"result\": {\"fields\": {\"data\": null}}"),
      "\"fields\" have no required one that holds data: no result could be understood"
    ),
    (
      text("\"result\": {\"fields\": {\"took\": {\"type\": \"integer\"}}}"),
      "line 5, in \"result\", in \"fields\": \"took\" is required and has no \"example\""
    ),
    (
      text("\"result\": {\"fields\": {\"took\": {\"type\": \"integer\", \"example\": \"3\"}}}"),
      "\"example\" is a string, but \"took\" is of type integer"
    ),
    (
      text("\"result\": {\"fields\": {\"kind\": {\"type\": \"string\", \"holds\": \"type\"}}}"),
      "\"holds\" is \"type\", which no result carries"
    ),
    (
      text("\"body\": {\"codecs\": [\"gzip\", {\"name\": \"utf-8\"}]}"),
      "each other one needs an \"above\" larger than the one before"
    ),
    (text("\"hash\": {\"function\": \"CRC-32\"}"), "\"key\" means nothing: CRC-32 has none"),
    (
      text("\"properties\": {\"priority\": \"high\"}"),
      "line 5, in \"properties\": \"priority\" is a string, not an integer"
    ),
    (
      text("\"defaults\": {\"amq_ttl\": 1}", "\"phases\": [{\"name\": \"read\", \"reads\": [2], \"writes\": 1}]"),
      "\"reads\" leaves out version 1, which is written in the same phase"
    ),
    (
      text("\"defaults\": {\"amq_ttl\": 1}", "\"phases\": [{\"name\": \"read\", \"reads\": [1, 4], \"writes\": 1}]"),
      "\"reads\" names a version that is neither 1, which it extends, nor 2, which it would be"
    ),
    (
      text("\"defaults\": {\"amq_ttl\": 1}", "\"phases\": [{\"name\": \"read\", \"reads\": [1, 2], \"writes\": 1}]"),
      "line 6: \"phases\" end before version 2 is written"
    ),
    (
      text("\"defaults\": {\"amq_ttl\": 1}", "\"phases\": [{\"name\": \"next\", \"reads\": [2], \"writes\": 2}]"),
      "a phase is called by letters and digits, and not next, old, new"
    ),
    (
      text("\"defaults\": {\"amq_ttl\": 1}", "\"expects\": {\"order\": \"server first\"}"),
      "\"order\" is \"server first\", which is none; did you mean \"servers first\"?"
    ),
    (text("\"version\": 2"), "line 5: \"version\" means nothing here"),
    (text("\"hash\": null"), "line 5: \"hash\" is missing"),
    (
      text("\"result\": {\"fields\": {\"took\": {\"type\": \"integer\", \"presence\": \"optional\"}}}"),
      "line 5, in \"result\", in \"fields\": \"took\" is optional and has no \"example\": nobody could write it"
    ),
    // A key that stands in several places is meant where it is wrong.
    (
      text(
        "\"request\": {\n\"unknown_fields\": \"refused\"}",
        "\"result\": {\n\"routing_key\": \"{index}.\",\n\"unknown_fields\": \"refuse\"}"),
      "line 9, in \"result\": \"unknown_fields\" is \"refuse\""
    ),
    (
      text("\"body\": {\"codecs\": [\"gzip\"]}", "\"properties\": {\n\"content-encoding\": \"utf-8\"}"),
      "line 7, in \"properties\": \"content-encoding\" is \"utf-8\", and bodies are gzip"
    ),
    (
      text(
        "\"body\": {\"codecs\": [\"utf-8\", {\"name\": \"gzip\", \"above\": 9}]}",
        "\"properties\": {\"content-encoding\": null}"),
      "\"content-encoding\" is missing, and bodies are utf-8 or gzip"
    ),
    (
      text("\"defaults\": {\"amq_msg_ttl\": 15}", "\"result\": {\"arguments\": {\"x-message-ttl\": 20000}}"),
      "line 6, in \"result\", in \"arguments\": \"x-message-ttl\" is 20000, and amq_msg_ttl is 15 s"
    ),
    (
      text("\"result\": {\"exchange_type\": \"directt\"}"),
      "line 5, in \"result\": \"exchange_type\" is \"directt\", which is no type of exchange; did you mean \"direct\"?"
    ),
    (text("\"exchange\": {\"type\": \"fanuot\"}"), "line 5, in \"exchange\": \"type\" is \"fanuot\", which is no type"),
    (
      text("\"properties\": {\"delivery-mode\": 3}"),
      "line 5, in \"properties\": \"delivery-mode\" is 3, and can be 1, transient, or 2, persistent"
    ),
    (text("\"properties\": {\"priority\": 256}"), "\"priority\" is 256, and can be 0 to 255"),
    (
      text("\"result\": {\"routing_key\": \"result\"}"),
      "line 5, in \"result\": \"routing_key\" has no {index} in it: each result would be in every queue"
    ),
    (
      text("\"hash\": {\"mask\": \"1\"}").replacing("\"name\": \"change\"", with: "\"name\": \"other\""),
      "line 2: \"name\" is \"other\", and its file is called change.json"
    ),
    (text("\"hash\": {\"mask\": \"1\"}", "\"hash\": {}"), "line 6, column 6: duplicate object key"),
    (text("\"hash\": {\"mask\" \"1\"}"), "line 5, column 19: ':' expected near '\"1\"'"),
  ])
  func whatCannotBeMeantIsRefused(_ text: String, _ message: String) throws {
    let error = try #require(throws: InteropError.self) { try proposal(text) }
    #expect(error.message.hasPrefix("change.json") && error.message.contains(message), "\(error)")
  }

  @Test func whatItDoesNotStateStays() throws {
    let change = try proposal(
      Self.text("\"request\": {\"fields\": {\"data\": null, \"payload\": {\"type\": \"any\", \"holds\": \"data\"}}}"))
    #expect(change.contract.version == 2)
    #expect(change.contract.request.fields.map(\.name) == ["result_id", "type", "payload"])
    #expect(change.contract.request.names(holding: .data) == ["payload"])
    #expect(change.contract.result.fields == (try base()).result.fields)
    #expect(change.contract.hash.key == (try base()).hash.key)
    #expect(change.phases.map(\.name) == ["read", "write"])
  }

  @Test func oneKindOfMessagesCanBeSaidApart() throws {
    let change = try proposal(
      Self.text(
        "\"result\": {\"body\": {\"codecs\": [\"utf-8\", {\"name\": \"gzip\", \"above\": 9}], \"spacing\": \"spaced\"}, "
          + "\"exchange_type\": \"topic\", \"queue_flags\": \"durable, auto-delete\"}")
    ).contract
    #expect(change.result.body.codec(forSize: 10) == .gzip && change.result.body.spacing == .spaced)
    #expect(change.request.body.codec(forSize: 10) == .identity && change.request.body.spacing == .any)
    #expect(change.result.exchangeType == "topic" && change.request.exchangeType == "direct")
    #expect(change.result.queueFlags == "durable, auto-delete" && change.request.queueFlags == "durable")
    #expect(change.result.exchangeFlags == "durable")
  }

  @Test func everyProposalThatComesAlongCanBeRead() throws {
    let folder = checkoutFolder / "interop/proposals"
    let files = try Files.list(folder).filter { $0.hasSuffix(".json") }
    #expect(files.count >= 8)
    for file in files {
      let proposal = try Proposal(folder / file, base: try base())
      #expect("\(proposal.name).json" == file)
    }
  }
}
