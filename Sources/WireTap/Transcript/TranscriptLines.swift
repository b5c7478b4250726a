package import SyRPCWire

/// The JSON lines form of a transcript; `fixtures/transcripts/README.rst` describes it.
///
/// There is exactly one text for a transcript, so that files can be compared byte by byte.
extension Transcript {
  /// The version of the form.
  static let version: Int64 = 1
  /// The most bytes of a body frame that are shown as text.
  private static let textLimit = 4096

  /// The transcript as JSON lines. Credentials are masked, in the fields and in the raw bytes.
  ///
  /// - Throws: if `head.facts` cannot be written as JSON.
  package func jsonLines() throws(JSONError) -> [UInt8] {
    var text = try Self.line(head)
    for entry in entries { text += try Self.line(entry) }
    return try text + Self.line(ending, undecoded)
  }

  static func line(_ head: Head) throws(JSONError) -> [UInt8] {
    try line([
      "transcript": .integer(version), "connection": .integer(Int64(head.connection)), "role": .string(head.role),
      "peer": .string(head.peer), "broker": .string(head.broker),
      "started": head.started.map(JSON.string) ?? .null, "facts": .object(head.facts),
    ])
  }

  static func line(_ entry: Entry) throws(JSONError) -> [UInt8] {
    let frame = entry.frame.masked
    var line: JSONObject = [
      "n": .integer(Int64(entry.number)), "ms": .real(entry.milliseconds),
      "direction": .string(entry.direction.rawValue), "channel": .integer(Int64(frame.channel)),
    ]
    describe(frame, in: &line)
    if frame.secret != nil { line["masked"] = true }
    line["raw"] = .string(Hex.encode(frame.raw))
    return try self.line(line)
  }

  static func line(_ ending: Ending, _ undecoded: [Direction: Undecoded]) throws(JSONError) -> [UInt8] {
    var line: JSONObject = ["end": .string(ending.description)]
    var rests = JSONObject()
    for direction in Direction.allCases {
      guard let rest = undecoded[direction] else { continue }
      rests[direction.rawValue] = ["bytes": .integer(Int64(rest.bytes)), "reason": .string(rest.reason)]
    }
    if !rests.isEmpty { line["undecoded"] = .object(rests) }
    return try self.line(line)
  }

  private static func line(_ object: JSONObject) throws(JSONError) -> [UInt8] {
    try JSON.object(object).encoded() + [UInt8(ascii: "\n")]
  }

  /// Adds the members that tell what a frame holds: between them, a change of any byte of it shows.
  private static func describe(_ frame: Frame, in line: inout JSONObject) {
    switch frame.kind {
    case .protocolHeader:
      line["frame"] = "protocol-header"
      let version = frame.raw.dropFirst(FrameSplitter.protocolHeaderStart.count)
      line["version"] = .array(version.map { .integer(Int64($0)) })
    case .heartbeat:
      line["frame"] = "heartbeat"
    case .method(let method):
      line["frame"] = "method"
      line["method"] = .string(method.name)
      line["fields"] = .object(method.fields)
      if !method.isExact { markInexact(frame, in: &line) }
    case .header(let header):
      line["frame"] = "header"
      line["class"] = .integer(Int64(header.classID))
      line["body-size"] = FieldValue.number(header.bodySize)
      line["properties"] = .object(header.properties)
      if !header.isExact { markInexact(frame, in: &line) }
    case .body(let body):
      line["frame"] = "body"
      if body.count <= textLimit, let text = String(validating: body, as: UTF8.self) {
        line["text"] = .string(text)
      } else {
        line["size"] = .integer(Int64(body.count))
        line["siphash"] = .string(checksum(of: body))
      }
    case .undecodable(let reason):
      line["frame"] = "undecodable"
      line["reason"] = .string(reason)
      line["siphash"] = .string(checksum(of: frame.raw[...]))
    }
  }

  private static func markInexact(_ frame: Frame, in line: inout JSONObject) {
    line["exact"] = false
    line["siphash"] = .string(checksum(of: frame.raw[...]))
  }

  /// SipHash-2-4 under a key of sixteen zero bytes: against accidents, not against forgery.
  private static func checksum(of bytes: ArraySlice<UInt8>) -> String {
    SipHash(key: Array(repeating: 0, count: 16)).hash(Array(bytes)).hex
  }
}
