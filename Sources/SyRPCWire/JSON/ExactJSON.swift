extension JSON {
  /// Reads a text whose value jansson alone cannot hold, so that it can be compared.
  ///
  /// jansson refuses integers beyond 64 bits, real numbers beyond double, halves of surrogate pairs, and U+0000 in keys.
  /// Whose message it is must still be told, and whether such a value arrived as it was put. Each becomes a string that
  /// nothing else becomes, before jansson reads the text: good for comparing, never for handing on.
  ///
  /// - Throws: `JSONError`, whose byte offset is that in the rewritten text.
  package init(exactly text: some Collection<UInt8>, options: ReadingOptions = []) throws(JSONError) {
    let bytes = Array(text)
    var rewriter = ExactRewriter(bytes)
    // A text that has the mark itself is rewritten even if jansson can read it, else it would equal another's rewriting.
    if !rewriter.mayHaveMark, let value = try? JSON(parsing: bytes, options: options) {
      self = value
    } else {
      self = try JSON(parsing: rewriter.rewrite(), options: options)
    }
  }
}

extension JSON {
  /// The value as JSON text, with what jansson refuses written as it was before ``init(exactly:)`` rewrote it.
  package var exactDescription: String {
    let text = description
    guard ExactRewriter(Array(text.utf8)).mayHaveMark else { return text }
    return text.replacing(/(?i)"\\udbff\\udffd(?:integer|real) ([-+.0-9eE]+)"/) { $0.1 }
      .replacing(/(?i)\\udbff\\udffdunit ([0-9]+);/) { match in
        let digits = String(Int(match.1) ?? 0, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
      .replacing(/(?i)\\udbff\\udffdmark;/) { _ in "\\udbff\\udffd" }
  }
}

/// Rewrites what jansson refuses. Looks at strings and integers only; whatever else is wrong stays wrong.
private struct ExactRewriter {
  private let input: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  /// Begins every rewritten part. A text that has this character itself would be ambiguous, so it is rewritten too.
  private static let mark = "\\udbff\\udffd"
  private static let rawMark = Array("\u{10FFFD}".utf8)

  init(_ input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  /// Whether the mark may be in the text, raw or escaped; false only if it is not.
  var mayHaveMark: Bool {
    // Megabytes are looked at, byte by byte.
    input.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte == 0xF4, input[index...].starts(with: Self.rawMark) { return true }
        if byte == 0x5C {
          if index + 2 < bytes.count, bytes[index + 2] | 0x20 == 0x64, codeUnit(at: index) == 0xDBFF { return true }
          // What follows a backslash begins no escape of its own.
          index += 1
        }
        index += 1
      }
      return false
    }
  }

  mutating func rewrite() -> [UInt8] {
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""): rewriteString()
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): rewriteNumber()
      default: take()
      }
    }
    return output
  }

  private var current: UInt8? { position < input.count ? input[position] : nil }

  private mutating func take() {
    output.append(input[position])
    position += 1
  }

  private mutating func rewriteNumber() {
    let end = input[position...].firstIndex { !"+-.eE0123456789".utf8.contains($0) } ?? input.count
    let token = String(decoding: input[position..<end], as: UTF8.self)
    // Only what is a number by JSON's grammar (RFC 8259, 6) is one that jansson cannot hold.
    if let number = token.wholeMatch(of: /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) {
      let isInteger = number.1 == nil && number.2 == nil
      if isInteger, Int64(token) == nil {
        output += "\"\(Self.mark)integer \(token)\"".utf8
      } else if !isInteger, Double(token)?.isInfinite ?? true {
        output += "\"\(Self.mark)real \(token)\"".utf8
      } else {
        output += token.utf8
      }
    } else {
      output += token.utf8
    }
    position = end
  }

  private mutating func rewriteString() {
    take()
    while let byte = current, byte != UInt8(ascii: "\"") {
      if byte == Self.rawMark[0], input[position...].starts(with: Self.rawMark) {
        output += "\(Self.mark)mark;".utf8
        position += 4
      } else if byte == UInt8(ascii: "\\") {
        rewriteEscape()
      } else {
        take()
      }
    }
    if current != nil { take() }
  }

  private mutating func rewriteEscape() {
    guard let unit = codeUnit(at: position) else {
      take()
      if current != nil { take() }
      return
    }
    let next = codeUnit(at: position + 6)
    if (0xD800..<0xDC00).contains(unit), let next, (0xDC00..<0xE000).contains(next) {
      if unit == 0xDBFF, next == 0xDFFD {
        output += "\(Self.mark)mark;".utf8
      } else {
        output += input[position..<position + 12]
      }
      position += 12
    } else if (0xD800..<0xE000).contains(unit) || unit == 0 {
      output += "\(Self.mark)unit \(unit);".utf8
      position += 6
    } else {
      output += input[position..<position + 6]
      position += 6
    }
  }

  /// The code unit of a `\uXXXX` that begins at `start`.
  private func codeUnit(at start: Int) -> UInt32? {
    guard start + 6 <= input.count, input[start] == UInt8(ascii: "\\"), input[start + 1] == UInt8(ascii: "u") else {
      return nil
    }
    let digits = input[start + 2..<start + 6].compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    return digits.count == 4 ? digits.reduce(0) { $0 << 4 | UInt32($1) } : nil
  }
}
