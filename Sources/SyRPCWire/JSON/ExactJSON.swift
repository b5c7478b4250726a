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

/// Rewrites what jansson refuses. Looks at strings and integers only; whatever else is wrong stays wrong.
struct ExactRewriter {
  private let input: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  /// Begins every rewritten part. A text that has this character itself would be ambiguous, so it is rewritten too.
  static let mark = "\\udbff\\udffd"
  /// The same as a value has it.
  static let decodedMark = "\u{10FFFD}"
  private static let rawMark = Array(decodedMark.utf8)

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
    let end = input[position...].firstIndex { !Self.isOfNumber($0) } ?? input.count
    let token = input[position..<end]
    position = end
    switch NumberForm(token) {
    case .integer? where token.count > Self.safeDigits && Int64(String(decoding: token, as: UTF8.self)) == nil:
      output += "\"\(Self.mark)integer ".utf8 + token + "\"".utf8
    case .real? where Double(String(decoding: token, as: UTF8.self))?.isInfinite ?? true:
      output += "\"\(Self.mark)real ".utf8 + token + "\"".utf8
    default: output += token
    }
  }

  /// So many digits with a sign are within 64 bits, whatever they are.
  private static let safeDigits = 18

  static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func rewriteString() {
    let isKey = isKey
    take()
    while let byte = current, byte != UInt8(ascii: "\"") {
      if byte == Self.rawMark[0], input[position...].starts(with: Self.rawMark) {
        output += "\(Self.mark)mark;".utf8
        position += 4
      } else if byte == UInt8(ascii: "\\") {
        rewriteEscape(inKey: isKey)
      } else {
        take()
      }
    }
    if current != nil { take() }
  }

  /// Whether the string that begins here is an object's key.
  private var isKey: Bool {
    var index = position + 1
    while index < input.count, input[index] != UInt8(ascii: "\"") {
      index += input[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard index < input.count else { return false }
    return input[(index + 1)...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: ":")
  }

  private mutating func rewriteEscape(inKey: Bool) {
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
    } else if (0xD800..<0xE000).contains(unit) || unit == 0 && inKey {
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

/// What a token is by JSON's grammar (RFC 8259, 6): only that is a number that jansson cannot hold.
private enum NumberForm {
  case integer, real

  init?(_ token: ArraySlice<UInt8>) {
    var rest = token
    func digits() -> Int {
      let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
      rest.removeFirst(count)
      return count
    }
    func take(_ oneOf: String) -> Bool {
      guard let next = rest.first, oneOf.utf8.contains(next) else { return false }
      rest.removeFirst()
      return true
    }
    _ = take("-")
    let hasZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !hasZero || whole == 1 else { return nil }
    self = .integer
    if take(".") {
      guard digits() > 0 else { return nil }
      self = .real
    }
    if take("eE") {
      _ = take("+-")
      guard digits() > 0 else { return nil }
      self = .real
    }
    guard rest.isEmpty else { return nil }
  }
}
