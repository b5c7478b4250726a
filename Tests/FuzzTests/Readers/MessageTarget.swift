import SyRPCWire

/// The bodies of messages, and the readers of JSON below them.
struct MessageTarget: FuzzTarget {
  let name = "messages"
  let seeds: [[UInt8]]
  let words: [[UInt8]]

  init() {
    let lines = Corpus.fixtures("fixtures/messages", ".jsonl").flatMap { $0.split(separator: UInt8(ascii: "\n")) }
    let bodies = lines.compactMap { line in (try? JSON(parsing: line))?["body"]?.stringValue.map { Array($0.utf8) } }
    seeds = (bodies + Corpus.fixtures("fixtures/payloads", ".json")).filter { $0.count < 2000 }
    words = JSONTokens.words(of: seeds)
  }

  static func pieces(_ input: [UInt8]) -> [Range<Int>] { JSONTokens.ranges(input) }

  func generate(size: Int, _ random: inout Seeded) -> [UInt8] {
    func value() -> [UInt8] {
      if random.once(in: 30) { return JSONTokens.nested(&random) }
      if size == 1 { return JSONTokens.text(depth: 3, words, &random) }
      return Array("[".utf8) + (0..<size).flatMap { _ in JSONTokens.text(depth: 3, words, &random) + ",".utf8 }
        + "1]".utf8
    }
    switch random.below(3) {
    case 0: return value()
    default:
      var members = ["result_id": Array(#""00000000-0000-4000-8000-000000000000""#.utf8), "data": value()]
      if random.once(in: 2) { members["type"] = random.once(in: 4) ? random.pick(words) : Array(#"" echo ""#.utf8) }
      if random.once(in: 8) { members["result_id"] = random.pick(words) }
      return JSONTokens.object(members.sorted { $0.key < $1.key }.map { (Array("\"\($0.key)\"".utf8), $0.value) })
    }
  }

  func check(_ input: [UInt8]) throws(Violation) -> Bool {
    let read = Result { () throws(JSONError) in try JSON(parsing: input) }
    try checkStrictly(input, read)
    try checkExactly(input, read)
    try checkMessages(input)
    switch read {
    case .success(let value):
      try checkWriting(value)
      return true
    case .failure(let error):
      try demand((0...input.count).contains(error.byteOffset ?? -1), "it breaks beyond its end: \(error)")
      return false
    }
  }

  private func checkWriting(_ value: JSON) throws(Violation) {
    let text = try demanding("what was read cannot be written") { try value.encoded() }
    let again = try demanding("what was written cannot be read") {
      try JSON(parsing: text, options: .rejectDuplicateKeys)
    }
    try demand(again == value && again.hashValue == value.hashValue, "read again it is another value")
    try demand(try demanding("again") { try again.encoded() } == text, "written again it is another text")
    try demand(text.allSatisfy { (0x20..<0x80).contains($0) }, "it is written in more than ASCII")
  }

  private func checkStrictly(_ input: [UInt8], _ read: Result<JSON, JSONError>) throws(Violation) {
    switch Result(catching: { () throws(JSONError) in try JSON(parsing: input, options: .rejectDuplicateKeys) }) {
    case .success(let strict): try demand((try? read.get()) == strict, "without a key twice it is another value")
    case .failure(let error):
      try demand((try? read.get()) == nil || error.code == .duplicateKey, "strictly it is refused otherwise: \(error)")
    }
  }

  private func checkExactly(_ input: [UInt8], _ read: Result<JSON, JSONError>) throws(Violation) {
    guard let exact = try? JSON(exactly: input) else {
      return try demand((try? read.get()) == nil, "it can be read, but not exactly")
    }
    try checkWriting(exact)
    let text = exact.exactDescription
    let again = try demanding("what is shown cannot be read exactly: \(text.prefix(300))") {
      try JSON(exactly: text.utf8)
    }
    try demand(again == exact, "shown and read again it is another value: \(text.prefix(300))")
    if let value = try? read.get() {
      // Of a value that others made too, marks or not.
      try demand(!value.exactDescription.isEmpty, "it is not shown")
    }
  }

  private func checkMessages(_ input: [UInt8]) throws(Violation) {
    let read = Result { () throws(MessageError) in try RequestMessage(decoding: input) }
    if case .failure(let error) = read {
      try demand("\(error)".utf8.count < 5000, "a complaint of \("\(error)".utf8.count) bytes")
    }
    if let request = try? read.get() {
      let text = try demanding("a request cannot be written") { try request.encoded() }
      try demand((try? RequestMessage(decoding: text)) == request, "read again it is another request")
      try demand((try? ResultMessage(decoding: input))?.data == request.data, "a request has what a result has")
    }
    if let result = try? ResultMessage(decoding: input) {
      let text = try demanding("a result cannot be written") { try result.encoded() }
      try demand((try? ResultMessage(decoding: text)) == result, "read again it is another result")
      let isMarked = result.resultID.unicodeScalars.contains("\u{10FFFD}")
      try demand(isMarked || resultID(ofUnreadable: input) == result.resultID, "read by itself it has another id")
    } else {
      _ = resultID(ofUnreadable: input)
    }
  }
}
