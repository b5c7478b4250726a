internal import SyRPCWire

/// How a JSON text is printed, apart from what it says: separators, escapes, the spelling of numbers.
struct JSONSpelling {
  /// What stands around `,` and `:`, each way once, in the order of its first use.
  private(set) var commas: [String] = []
  private(set) var colons: [String] = []
  /// The ways in which characters are written, each with the first example.
  private(set) var characters: [(way: String, example: String)] = []
  /// Every number as it is spelled, in order.
  private(set) var numbers: [String] = []
  /// What stands before and after the value.
  private(set) var around = ""

  /// Of a text that is JSON.
  init(_ text: [UInt8]) {
    var index = text.startIndex
    var space = ""
    var separator: UInt8?
    func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
    func note(_ all: inout [String], _ text: String) { if !all.contains(text) { all.append(text) } }
    func endSeparator(_ spelling: inout JSONSpelling) {
      defer { (space, separator) = ("", nil) }
      switch separator {
      case UInt8(ascii: ","): note(&spelling.commas, space)
      case UInt8(ascii: ":"): note(&spelling.colons, space)
      default: if !space.isEmpty { spelling.around += space }
      }
    }
    while index < text.endIndex {
      let byte = text[index]
      if isSpace(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
        if !isSpace(byte) { separator = byte }
        space.unicodeScalars.append(Unicode.Scalar(byte))
        index += 1
        continue
      }
      endSeparator(&self)
      if byte == UInt8(ascii: "\"") {
        index = read(string: text, from: index + 1)
      } else if byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) {
        let number = text[index...].prefix {
          [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) || (0x30...0x39).contains($0)
        }
        numbers.append(String(decoding: number, as: UTF8.self))
        index = number.endIndex
      } else {
        index += 1
      }
    }
    endSeparator(&self)
  }

  /// Notes the ways in which a string's characters are written; returns the place behind it.
  private mutating func read(string text: [UInt8], from start: Int) -> Int {
    var index = start
    while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
      let length: Int
      if text[index] == UInt8(ascii: "\\") {
        let isUnit = text.dropFirst(index + 1).first == UInt8(ascii: "u")
        length = isUnit ? 6 : 2
        let escape = String(decoding: text[index...].prefix(length), as: UTF8.self)
        note(Self.way(escape), escape)
      } else if text[index] >= 0x80 {
        length = text[(index + 1)...].prefix { $0 & 0xC0 == 0x80 }.count + 1
        note("characters beyond ASCII are raw UTF-8", String(decoding: text[index...].prefix(length), as: UTF8.self))
      } else {
        length = 1
        if text[index] == UInt8(ascii: "/") { note("\"/\" is not escaped", "/") }
        if text[index] == 0x7F { note("the control character 7f is raw", "7f") }
      }
      index += length
    }
    return min(index + 1, text.endIndex)
  }

  private mutating func note(_ way: String, _ example: String) {
    if !characters.contains(where: { $0.way == way }) { characters.append((way, example)) }
  }

  private static func way(_ escape: String) -> String {
    guard escape.hasPrefix("\\u") else { return escape == "\\/" ? "\"/\" is escaped" : "\(escape) is a short escape" }
    let digits = escape.dropFirst(2)
    let isLetter = digits.contains { $0.isLetter }
    let letters =
      !isLetter ? "" : digits.contains { $0.isUppercase } ? " with upper-case digits" : " with lower-case digits"
    let isASCII = UInt32(digits, radix: 16).map { $0 < 0x80 } ?? false
    return isASCII ? "\(escape) is written as a number" : "characters beyond ASCII are escaped as \\u\(letters)"
  }
}
