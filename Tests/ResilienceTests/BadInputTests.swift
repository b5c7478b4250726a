import Foundation
import Logging
import SyRPC
import Synchronization
import TestSupport
import Testing

/// Generated malformed messages between valid calls.
@Suite(.serialized, .tags(.broker), .timeLimit(.minutes(4)), .enabled(if: Broker.isInstalled, "needs rabbitmq-server"))
struct BadInputTests {
  private static let rounds = 60

  @Test func everyValidCallIsAnsweredAndEveryMalformedMessageReportedOnce() async throws {
    try await withApplication(queues: 1, messageTTL: .seconds(60)) { app in
      let (requests, results) = (Complaints(), Complaints())
      let client = SyRPCClient(app.configuration, logger: results.logger)
      let server = SyRPCServer(app.configuration, logger: requests.logger)
      let serving = Task { try await server.serve { $0.data } }
      // Keeps the result queue consumed, so that what is malformed is seen as it comes.
      let waiting = Task { try await client.getResult("the last", timeout: .seconds(200)) }
      var generator = MalformedMessages(seed: 1)
      var sent = 0
      for round in 0..<Self.rounds {
        for body in generator.next() {
          try await app.putRawRequest(body)
          try await app.putRawResult(body, for: "any")
          sent += 1
        }
        let data = JSON.integer(Int64(round))
        #expect(try await client.call(type: "echo", data: data, timeout: .seconds(60)) == data)
      }
      #expect(2 * sent >= 1000)
      try await server.putResult("the last", data: 1)
      #expect(try await waiting.value == 1)
      while server.statistics.unreadableRequests < sent || client.statistics.malformedResults < sent {
        try await Task.sleep(for: .milliseconds(20))
      }
      serving.cancel()
      try await serving.value
      #expect(server.statistics.unreadableRequests == sent)
      #expect(requests.count("dropped an unreadable request") == sent)
      #expect(client.statistics.malformedResults == sent)
      #expect(results.count("dropped a malformed result") == sent)
      try await app.expectAtRest(app.topology.requestQueue.name, messages: 0)
      try await app.expectAtRest(app.topology.resultQueue(at: 0).name, messages: 0)
      print("bad input: \(2 * sent) malformed messages, \(Self.rounds) valid calls between them")
      await client.close()
      await server.close()
    }
  }
}

/// Messages that are neither a request nor a result, and of which no id can be read, so that nobody is answered.
private struct MalformedMessages {
  private var generator: SystemIndependentGenerator

  init(seed: UInt64) { generator = SystemIndependentGenerator(state: seed) }

  /// One of each kind.
  mutating func next() -> [[UInt8]] {
    let valid = Array(#"{"result_id":"r\#(random(1000))","type":"t","data":{"a":[1,2.5,"é"]}}"#.utf8)
    let depth = 2100 + random(3000)
    return [
      // Truncated.
      Array(valid.prefix(1 + random(valid.count - 1))),
      [],
      // Of another type.
      Array("[\(random(1000))]".utf8), Array("\(random(1000))".utf8), Array(#""\#(random(1000))""#.utf8),
      // Without an id, or with one that is no string.
      Array(#"{"data":\#(random(1000))}"#.utf8), Array(#"{"result_id":\#(random(1000)),"type":"t","data":1}"#.utf8),
      Array(#"{"result_id":"a","result_id":null,"type":"t","data":1}"#.utf8),
      // Bytes that are no UTF-8.
      Array(#"{"result_id":"x","type":"t","data":""#.utf8) + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]][random(3)]
        + Array("\"}".utf8),
      [0xEF, 0xBB, 0xBF] + valid, valid + valid, valid + [0],
      // Deep, and huge.
      Array(#"{"data":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: depth),
      Array(#"{"data":""#.utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 10_000 + random(100_000)),
      // A number that is none.
      Array(#"{"result_id":"x","type":"t","data":0\#(1 + random(9))}"#.utf8),
      (0..<random(64)).map { _ in UInt8(random(256)) } + [UInt8(ascii: "{")],
      Array("{'result_id':'x','type':'t','data':1}".utf8),
    ]
  }

  private mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}

/// SplitMix64: the same numbers on each run.
private struct SystemIndependentGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Counts what a logger is told.
private final class Complaints: Sendable {
  private let messages = Mutex<[String: Int]>([:])

  var logger: Logger { Logger(label: "test") { _ in Handler(complaints: self) } }
  func count(_ message: String) -> Int { messages.withLock { $0[message] ?? 0 } }

  private struct Handler: LogHandler {
    let complaints: Complaints
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning
    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      complaints.messages.withLock { $0["\(event.message)", default: 0] += 1 }
    }
  }
}
