import InteropModel
import InteropRunner
import InteropSupport
import SeededRandom
import SyRPCWire

/// What an adapter writes: lines, and answers in them.
struct AnswerTarget: FuzzTarget {
  let name = "answers"
  let seeds: [[UInt8]]
  let words: [[UInt8]]

  /// Answers as `interop/peers/README.rst` shows them.
  private static let answers = [
    #"{"id": 1, "ok": true}"#,
    #"{"id": 1, "ok": true, "hello": {"implementation": "syrpc 1.0", "runtime": "CPython 2.7.18", "libraries": {"kombu": "4.6.11"}, "bridged": ["siphash"], "golden": "python2", "features": ["put_request", "trace"], "location": "/site/syrpc", "reference": false}}"#,
    #"{"id": 1, "ok": false, "error": {"kind": "unsupported", "message": "no such operation: \"no_such_operation\""}}"#,
    #"{"id": null, "ok": false, "error": {"kind": "invalid", "message": "not a line of JSON"}}"#,
    #"{"id": 1, "ok": false, "error": {"kind": "timeout", "message": "over"}}"#,
    #"{"id": 1, "ok": false, "error": {"kind": "broken", "message": "it says so itself"}}"#,
    #"{"id": 1, "ok": true, "result_id": "00000000-0000-4000-8000-000000000000"}"#,
    #"{"id": 1, "ok": true, "result_id": "00000000-0000-4000-8000-000000000000", "payload": "{\"value\": \"hello\"}"}"#,
    #"{"id": 1, "ok": true, "requests": [{"type": "echo", "result_id": "0", "payload": "1"}, {"type": "echo", "result_id": "1", "payload": "\"\\u00e9\""}]}"#,
    "", "Traceback (most recent call last):", "\u{E9}\u{1F600}\u{2028}",
  ].map { Array($0.utf8) }

  init() {
    seeds =
      Self.answers.map { $0 + [0x0A] }
      + Self.answers.indices.map { first in
        Self.answers[first...].prefix(3).flatMap { $0 + [0x0A] }
      }
    words =
      JSONTokens.words(of: seeds) + [
        [0x0A], [0x0D, 0x0A], [0], Array("e".utf8) + String(repeating: "\u{301}", count: 300).utf8,
      ]
  }

  static func pieces(_ input: [UInt8]) -> [Range<Int>] { JSONTokens.ranges(input) }

  func generate(size: Int, _ random: inout Seeded) -> [UInt8] {
    (0...random.below(3 * size)).flatMap { _ -> [UInt8] in
      switch random.below(8) {
      case 0: return random.bytes(random.below(20)) + [0x0A]
      case 1: return JSONTokens.nested(&random) + [0x0A]
      case 2...4: return random.pick(Self.answers) + (random.once(in: 8) ? [] : [0x0A])
      default:
        let name = random.pick(["hello", "error", "payload", "result_id", "requests"])
        let members = [
          ("id", Array("1".utf8)), ("ok", Array((random.once(in: 3) ? "false" : "true").utf8)),
          (name, JSONTokens.text(depth: 3, words, &random)),
        ]
        return JSONTokens.object(members.map { (Array("\"\($0.0)\"".utf8), $0.1) }) + [0x0A]
      }
    }
  }

  func check(_ input: [UInt8]) throws(Violation) -> Bool {
    try checkLines(input)
    var isAccepted = false
    for line in input.split(separator: 0x0A) {
      guard let line = String(validating: line, as: UTF8.self) else { continue }
      if try checkAnswer(line) { isAccepted = true }
    }
    return isAccepted
  }

  // MARK: - Lines

  /// A line, or why there is none.
  private enum Line: Equatable {
    case text(String)
    case refused(LineProcessError.Code)
  }

  /// However they come, the lines are those that a plain loop finds.
  private func checkLines(_ input: [UInt8]) throws(Violation) {
    var random = Seeded(input.fingerprint)
    let longestLine = random.pick([0, 5, 100, 64 << 20])
    let pieces = random.below(10)
    let cuts = (0..<pieces).map { _ in random.below(input.count + 1) }.sorted()
    let isEager = random.once(in: 2)
    var buffer = LineBuffer(longestLine: longestLine)
    var found: [Line] = []
    var start = 0
    for end in cuts + [input.count] {
      input[start..<end].withUnsafeBytes { buffer.append($0) }
      start = end
      if isEager || random.once(in: 2) { take(&buffer, into: &found) }
    }
    take(&buffer, into: &found)
    let expected = lines(of: input, longestLine)
    try demand(found == expected, "cut at \(cuts), of at most \(longestLine) bytes: \(found) instead of \(expected)")
  }

  private func take(_ buffer: inout LineBuffer, into lines: inout [Line]) {
    while true {
      do throws(LineProcessError) {
        guard let line = try buffer.nextLine() else { return }
        lines.append(.text(line))
      } catch {
        if lines.last != .refused(.lineTooLong) { lines.append(.refused(error.code)) }
        if error.code == .lineTooLong { return }
      }
    }
  }

  private func lines(of input: [UInt8], _ longestLine: Int) -> [Line] {
    var lines: [Line] = []
    let parts = input.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if part.count > longestLine { return lines + [.refused(.lineTooLong)] }
      if index == parts.count - 1 { break }
      lines.append(String(validating: part, as: UTF8.self).map { .text($0) } ?? .refused(.notUTF8))
    }
    return lines
  }

  // MARK: - Answers

  private func checkAnswer(_ line: String) throws(Violation) -> Bool {
    switch Result(catching: { () throws(PeerError) in try PeerAnswer(line: line, id: 1, operation: "serve") }) {
    case .success(let answer):
      try demand(answer.members["ok"] == true && answer.members["id"] == 1, "it takes an answer to something else")
      try checkParts(answer)
      return true
    case .failure(let error):
      guard error.kind == .broken else { return true }
      try demand(error.message.utf8.count < 1000, "a complaint of \(error.message.utf8.count) bytes")
      return false
    }
  }

  private func checkParts(_ answer: PeerAnswer) throws(Violation) {
    let parts: [() throws -> Void] = [
      { _ = try answer.identity() }, { _ = try answer.putID() }, { _ = try answer.result() },
      { _ = try answer.requests(1) }, { _ = try answer.requests(2) },
    ]
    for part in parts {
      do { try part() } catch {
        try demand((error as? PeerError)?.kind == .broken, "what it lacks is no breach: \(error)")
      }
    }
    if let requests = answer.members["requests"]?.arrayValue, let read = try? answer.requests(requests.count) {
      try demand(
        read.map(\.payload) == requests.map { $0["payload"]?.stringValue ?? "none" }, "other requests are read")
    }
  }
}
