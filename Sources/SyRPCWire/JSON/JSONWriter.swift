internal import CJansson

extension JSON {
  /// The value as compact JSON text, in pure ASCII.
  ///
  /// Everything beyond ASCII is escaped: the published Python client on CPython 2.7 cannot read a result with raw
  /// UTF-8. Doubles get the fewest digits that read back equal; jansson 2.14 alone would write 0.1 with seventeen.
  ///
  /// - Throws: ``JSONError`` for a number that is not finite, a key with U+0000, or nesting beyond ``maximumDepth``.
  public func encoded() throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    try writer.write(self)
    return writer.output
  }
}

struct JSONWriter {
  fileprivate var output: [UInt8] = []

  /// An object whose keys are known: it need not be made to be written.
  ///
  /// - Parameter writeMembers: writes the members, the brace before the first one included.
  /// - Returns: the text.
  /// - Throws: what `writeMembers` throws.
  static func object(_ writeMembers: (inout JSONWriter) throws(JSONError) -> Void) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    writer.output.reserveCapacity(192)
    try writeMembers(&writer)
    writer.output.append(UInt8(ascii: "}"))
    return writer.output
  }

  /// Writes a member of ``object(_:)``: its key with all that is around it, and its value.
  mutating func write(_ key: StaticString, _ value: JSON) throws(JSONError) {
    output.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    try write(value, depth: 1)
  }

  /// Not by recursion: the nesting that is allowed is more than a small stack holds.
  fileprivate mutating func write(_ value: JSON, depth: Int = 0) throws(JSONError) {
    guard var current = try begin(value, depth: depth) else { return }
    var outer: [OpenContainer] = []
    while true {
      if let child = try next(of: &current) {
        if let container = try begin(child, depth: depth + outer.count + 1) {
          outer.append(current)
          current = container
        }
      } else {
        output.append(current.end)
        guard let parent = outer.popLast() else { return }
        current = parent
      }
    }
  }

  /// Writes a scalar, or the beginning of a container, which it gives.
  private mutating func begin(_ value: JSON, depth: Int) throws(JSONError) -> OpenContainer? {
    guard depth < JSON.maximumDepth else {
      throw JSONError(code: .tooDeep, message: "nested deeper than \(JSON.maximumDepth) levels", byteOffset: nil)
    }
    switch value {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .integer(let value): output += String(value).utf8
    case .real(let value): try write(value)
    case .string(let value): try write(value)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      return OpenContainer(children: .array(elements))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      return OpenContainer(children: .object(members))
    }
    return nil
  }

  /// Writes what is before a container's next child, and gives that; nil if there are no more.
  private mutating func next(of container: inout OpenContainer) throws(JSONError) -> JSON? {
    guard container.written < container.count else { return nil }
    if container.written > 0 { output.append(UInt8(ascii: ",")) }
    defer { container.written += 1 }
    switch container.children {
    case .array(let elements): return elements[container.written]
    case .object(let members):
      let (key, value) = members[container.written]
      guard !key.utf8.contains(0) else {
        throw JSONError(code: .nulInKey, message: "U+0000 in the object key \(key.debugDescription)", byteOffset: nil)
      }
      try write(key)
      output.append(UInt8(ascii: ":"))
      return value
    }
  }

  private mutating func write(_ value: Double) throws(JSONError) {
    guard value.isFinite else {
      throw JSONError(code: .notFinite, message: "\(value) has no form in JSON", byteOffset: nil)
    }
    // Swift prints the shortest digits that read back equal, always with a fraction or an exponent: valid JSON.
    output += value.description.utf8
  }

  private mutating func write(_ value: String) throws(JSONError) {
    var value = value
    // Most strings stand for themselves.
    let isPlain = value.withUTF8 { utf8 in
      for byte in utf8 where !byte.isPlain { return false }
      output.append(UInt8(ascii: "\""))
      output.append(contentsOf: utf8)
      output.append(UInt8(ascii: "\""))
      return true
    }
    if isPlain { return }
    let json = value.withUTF8 { utf8 in
      utf8.withMemoryRebound(to: CChar.self) {
        json_stringn_nocheck($0.baseAddress ?? UnsafePointer(bitPattern: 1), $0.count)
      }
    }
    guard let json else { throw JSONError(code: .outOfMemory, message: "no memory for a string", byteOffset: nil) }
    defer { json_decref(json) }

    let flags = Int(JSON_ENCODE_ANY) | Int(JSON_ENSURE_ASCII) | Int(JSON_COMPACT)
    // json_dumpb says how much room it needs, and writes nothing beyond what it gets: guess, then repeat if need be.
    var room = value.utf8.count + 2
    while true {
      var size = 0
      let text = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        size = buffer.withMemoryRebound(to: CChar.self) { json_dumpb(json, $0.baseAddress, room, flags) }
        count = min(size, room)
      }
      if size <= room {
        output += text
        return
      }
      room = size
    }
  }
}

/// An array or object of which some children are still to be written.
private struct OpenContainer {
  enum Children {
    case array([JSON])
    case object(JSONObject)
  }

  let children: Children
  var written = 0

  var count: Int {
    switch children {
    case .array(let elements): elements.count
    case .object(let members): members.count
    }
  }

  var end: UInt8 {
    switch children {
    case .array: UInt8(ascii: "]")
    case .object: UInt8(ascii: "}")
    }
  }
}
