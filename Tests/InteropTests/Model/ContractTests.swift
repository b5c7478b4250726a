import SyRPCWire
import Testing
import WireTap

@testable import InteropJudge
@testable import InteropModel
@testable import InteropSupport

@Suite struct ContractTests {
  /// The contract of the checkout, with something changed.
  private func contract(_ text: String = "", _ other: String = "") throws -> Contract {
    let path = try checkout().contract
    let content = String(decoding: try Files.read(path), as: UTF8.self)
    guard !text.isEmpty else { return try Contract(Array(content.utf8), of: path) }
    try #require(content.contains(text))
    return try Contract(Array(content.replacing(text, with: other).utf8), of: path)
  }

  private static let arguments = "\"x-message-ttl\": \"{amq_msg_ttl}\""
  private static let mode = "\"delivery-mode\": 2"

  @Test(arguments: [
    ("\"hash\": {", "\"hahs\": {", "line 30: \"hahs\" means nothing here; did you mean \"hash\"?"),
    (
      "\"routing_key\": \"{index}\"", "\"routingkey\": \"{index}\"",
      "in \"result\": \"routingkey\" means nothing here; did you"
    ),
    ("\"key\":", "\"kye\":", "in \"hash\": \"kye\" means nothing here; did you mean \"key\"?"),
    (
      "\"amq_ttl\": 10800", "\"amq_tll\": 10800",
      "in \"defaults\": \"amq_tll\" means nothing here; did you mean \"amq_ttl\"?"
    ),
    ("\"amq_ttl\": 10800", "\"amq_ttl\": 0", "\"amq_ttl\" is 0, which is not above 0"),
    ("\"amq_ttl\": 10800", "\"amq_ttl\": \"10800\"", "\"amq_ttl\" is a string, not an integer"),
    (
      "\"flags\": \"durable\"}", "\"flags\": \"durabel\"}",
      "\"flags\" names \"durabel\", which is none; did you mean \"durable\"?"
    ),
    ("_queue_{index}\"", "_queue_{index\"", "in \"result\": \"queue\" has no {index} in it"),
    (
      "\"exchange\": \"{app_name}_request\"", "\"exchange\": \"{appname}_request\"",
      "has {appname} in it, which stands for nothing"
    ),
    (
      "\"queue\": \"{app_name}_request\"", "\"queue\": \"{index}_request\"",
      "in \"request\": \"queue\" has {index} in it"
    ),
    (mode, "\"delivery-mode\": \"2\"", "\"delivery-mode\" is a string, not an integer"),
    ("\"{codec}\"", "8", "\"content-encoding\" is an integer, not a string"),
    (mode, "\"headers\": {}", "in \"properties\": \"headers\" means nothing here"),
    (mode, "\"app_id\": \"x\"", "\"app_id\" means nothing here; did you mean \"app-id\"?"),
    (
      arguments, "\"x-message-ttl\": \"{amq_tll}\"",
      "is \"{amq_tll}\", which stands for nothing; did you mean \"{amq_ttl}\"?"
    ),
    (arguments, "\"x-message-ttl\": [1]", "\"x-message-ttl\" is an array, which no check compares"),
    ("\"mask\": \"7fffffff\"", "\"mask\": \"7ffffffg\"", "is \"7ffffffg\", which is no hexadecimal number"),
    ("\"SipHash-2-4\"", "\"SipHash-2-3\"", "which the harness does not know; did you mean \"SipHash-2-4\"?"),
    ("\"EdaeYa6eesh3ahSh\"", "\"short\"", "\"key\" has 5 bytes; SipHash-2-4 takes one of 16"),
    ("\"{amq_num_queues}\"", "0", "\"modulus\" is 0, which is not above 0"),
    ("\"{amq_num_queues}\"", "\"{queues}\"", "\"modulus\" is \"{queues}\"; known: {amq_num_queues}, or a number"),
    ("\"version\": 1", "\"version\": 0", "line 3: \"version\" is 0, which is not above 0"),
    ("[\"utf-8\"]", "[\"gzipped\"]", "names \"gzipped\", which the harness does not know; did you mean \"gzip\"?"),
    ("[\"utf-8\"]", "[]", "\"codecs\" is empty, not a list of codecs"),
    ("[\"utf-8\"]", "[\"utf-8\", \"gzip\"]", "each other one needs an \"above\" larger than the one before"),
    (
      "[\"utf-8\"]", "[\"utf-8\", {\"name\": \"gzip\", \"abov\": 1}]",
      "\"abov\" means nothing here; did you mean \"above\"?"
    ),
    ("\"text\": \"any\"", "\"text\": \"rav\"", "\"text\" is \"rav\", which is none; did you mean \"raw\"?"),
    (
      "\"order\": \"any\"", "\"order\": [\"result_id\", \"data\"]", "\"order\" leaves out \"type\", which a message has"
    ),
    ("\"type\": \"any\"", "\"type\": \"anny\"", "\"type\" is \"anny\", which is none; did you mean \"any\"?"),
    (
      "\"type\": {\"type\": \"string\"", "\"type\": {\"type\": \"object\"",
      "\"type\" is \"object\", but type is a string"
    ),
    (
      "\"type\": {\"type\": \"string\", \"presence\": \"required\"}", "\"type\": {\"presence\": \"forbidden\"}",
      "\"fields\" have no required one that holds type: no request could be understood"
    ),
    (
      "\"unknown_fields\": \"ignored\"", "\"unknown_fields\": \"ignore\"",
      "is \"ignore\", which is none of ignored, refused"
    ),
    (
      "\"headers\": {}", "\"headers\": {\"x-version\": {\"value\": 2, \"presence\": \"forbidden\"}}",
      "which is none of required, optional"
    ),
    ("\"headers\": {}", "\"headers\": {\"x-id\": \"{resultid}\"}", "has {resultid} in it, which stands for nothing"),
  ])
  func whatNobodyWouldJudgeIsRefused(_ text: String, _ other: String, _ message: String) throws {
    let error = try #require(throws: InteropError.self) { try contract(text, other) }
    #expect(error.message.contains("contract.json"), "\(error)")
    #expect(error.message.contains(message), "\(error)")
  }

  /// What the judge finds in the recorded exchange under another contract.
  private func finding(
    _ check: String, _ text: String, _ other: String, _ change: (inout RecordedEvidence) -> Void = { _ in }
  ) throws -> Finding {
    var recorded = try RecordedEvidence()
    change(&recorded)
    recorded.contract = try contract(text, other)
    return try #require(try recorded.finding(check, .server))
  }

  @Test func aDemandedPropertyIsJudged() throws {
    let finding = try finding("properties.others", Self.mode, "\(Self.mode), \"app-id\": \"x\"")
    #expect(finding.verdict == .fail)
    #expect(finding.expected == "app-id: x" && finding.observed == "app-id: absent (2 times)")
    #expect(try self.finding("properties.priority", Self.mode, "\(Self.mode), \"priority\": 0").verdict == .pass)
    let priority = try self.finding("properties.priority", Self.mode, "\(Self.mode), \"priority\": 7")
    #expect(priority.verdict == .note && priority.expected == "7")
  }

  @Test func aDemandedStringIsJudgedAsAString() throws {
    let quorum = "\(Self.arguments), \"x-queue-type\": \"quorum\""
    let missing = try finding("queue.arguments", Self.arguments, quorum)
    #expect(missing.verdict == .fail)
    #expect(missing.expected?.hasSuffix("x-message-ttl=10000, x-queue-type=\"quorum\"") == true, "\(missing)")

    // A table of one argument, of the length of the two that were recorded.
    let name = "\"x-queue-type\": \"quorum\""
    func declaring(_ argument: String) -> (inout RecordedEvidence) -> Void {
      { recorded in
        recorded.server = recorded.server.changing("queue.declare", where: { $0.frame.fields["arguments"] != [:] }) {
          $0.replaceArguments(argument)
        }
      }
    }
    let both = "{\"x-expires\": \"{amq_ttl}\", \(Self.arguments)}"
    let string = declaring("\u{0C}x-queue-typeS\0\0\0\u{6}quorum")
    #expect(try finding("queue.arguments", both, "{\(name)}", string).verdict == .pass)
    #expect(try finding("queue.argument-types", both, "{\(name)}", string).verdict == .pass)
    let bytes = declaring("\u{0C}x-queue-typex\0\0\0\u{6}quorum")
    let wrong = try finding("queue.argument-types", both, "{\(name)}", bytes)
    #expect(wrong.verdict == .fail)
    #expect(wrong.expected == "a string (S)" && Set(wrong.observations) == [Observation("x", of: "x-queue-type")])
  }

  @Test func flagsAreReadInAnyOrder() throws {
    let queue = "\"queue\": {\"flags\": \"durable\"}"
    let both = try contract(queue, "\"queue\": {\"flags\": \"auto-delete, durable\"}")
    #expect(both.request.queueFlags == "durable, auto-delete" && both.result.queueFlags == "durable, auto-delete")
    #expect(try contract(queue, "\"queue\": {\"flags\": \"\"}").request.queueFlags == "")
  }

  @Test func argumentsAreTheSettingsInMilliseconds() throws {
    let topology = ExpectedTopology(try contract(), appName: "a", ttl: 60, messageTTL: 5)
    #expect(topology.resultArguments == "x-expires=60000, x-message-ttl=5000")
  }
}

extension [UInt8] {
  /// Puts other arguments into a frame of queue.declare.
  fileprivate mutating func replaceArguments(_ table: String) {
    // Type, channel and size; class and method; two reserved octets; the name; the flags.
    let start = 7 + 4 + 2 + 1 + Int(self[13]) + 1
    let table = Array(table.utf8)
    replaceSubrange(start..., with: UInt32(table.count).bigEndianBytes + table + [0xCE])
    replaceSubrange(3..<7, with: UInt32(count - 8).bigEndianBytes)
  }
}

extension UInt32 {
  fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }
}
