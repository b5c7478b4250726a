import SeededRandom

/// JSON as text: its tokens, and texts that nobody sends on purpose.
enum JSONTokens {
  /// Where the tokens of a text are, and after them its arrays and objects. White space is no token; what is no JSON is
  /// cut somehow.
  static func ranges(_ text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var containers: [Range<Int>] = []
    var open: [Int] = []
    var index = 0
    while index < text.count {
      let start = index
      switch text[index] {
      case 0x20, 0x0A, 0x0D, 0x09:
        index += 1
        continue
      case UInt8(ascii: "\""):
        index += 1
        while index < text.count, text[index] != UInt8(ascii: "\"") { index += text[index] == 0x5C ? 2 : 1 }
        index = min(index + 1, text.count)
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "a")...UInt8(ascii: "z"):
        while index < text.count, isOfWord(text[index]) { index += 1 }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(start)
        index += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        index += 1
        if let first = open.popLast() { containers.append(first..<index) }
      default: index += 1
      }
      ranges.append(start..<index)
    }
    return ranges + containers
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"): true
    default: false
    }
  }

  /// The strings that these texts have, each once, and what is odd in any.
  static func words(of texts: [[UInt8]]) -> [[UInt8]] {
    var words = Set(odd)
    for text in texts {
      for range in ranges(text) where text[range.lowerBound] == UInt8(ascii: "\"") && range.count < 100 {
        words.insert(Array(text[range]))
      }
    }
    // A set has another order in each process.
    return words.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Values at the edges of what can be held, and beyond.
  static let odd: [[UInt8]] = [
    "null", "true", "false", "0", "-0", "1", "-1", "0.0", "-0.0", "1.0", "1e400", "-1e400", "1e-400", "5e-324",
    "1.7976931348623157e308", "0.1", "123456789012345680.0", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1E+2", "01", "1.", ".5", "+1", "--1", "1e",
    "NaN", "Infinity", "[]", "{}", "[[]]", "{\"\":{}}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"",
    "\"\\ud83d\\ude00\"",
    "\"\\udbff\\udffd\"", "\"\\udbff\\udffdmark;\"", "\"\\udbff\\udffdunit 0;\"", "\"\\udbff\\udffdunit 99999;\"",
    "\"\\udbff\\udffdinteger 9223372036854775808\"", "\"\\udbff\\udffdreal 1e400\"", "\"\u{10FFFD}\"",
    "\"\u{10FFFD}unit 55296;\"",
    "\"\u{FEFF}\"", "\"e\u{301}\"", "\"\u{E9}\"", "\"\\\\\"", "\"\\\"\"", "\"\\/\"", "\"\\n\\r\\t\\b\\f\"",
    "\"\u{1F600}\"",
    "\"\u{301}\"", "\"\\x\"", "\"\n\"", "\"", "\\", "{", "}", "[", "]", ":", ",", "[1,2", "{\"a\":", "\u{FEFF}", "/**/",
    " ", "\n",
  ].map { Array($0.utf8) }

  /// A text of one value, mostly JSON.
  static func text(depth: Int, _ words: [[UInt8]], _ random: inout Seeded) -> [UInt8] {
    switch random.below(depth > 0 ? 9 : 5) {
    case 0: return Array(String(Int64(bitPattern: random.next()) >> Int64(random.below(64))).utf8)
    case 1: return Array("\(Double(bitPattern: random.next()))".utf8)
    case 2: return string(&random)
    case 3, 4: return random.pick(words)
    case 5, 6:
      return array((0..<random.below(5)).map { _ in text(depth: depth - 1, words, &random) })
    default:
      let names = (0..<random.below(5)).map { _ in random.once(in: 3) ? random.pick(words) : string(&random) }
      return object(names.map { name in (name, text(depth: depth - 1, words, &random)) })
    }
  }

  /// An array of these elements.
  static func array(_ elements: [[UInt8]]) -> [UInt8] {
    Array("[".utf8) + elements.joined(separator: ",".utf8) + "]".utf8
  }

  /// An object of these members, whose names are tokens.
  static func object(_ members: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
    var text = Array("{".utf8)
    for (index, member) in members.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text += member.name + ":".utf8 + member.value
    }
    return text + "}".utf8
  }

  /// Values nested in one another, around the deepest that is read.
  static func nested(_ random: inout Seeded) -> [UInt8] {
    let depth = random.pick([1, 100, 2045, 2046, 2047, 2048, 2049, 3000, 100_000])
    let (start, end) = random.pick([("[", "]"), ("{\"a\":", "}"), ("[1,", "]"), ("[{\"a\":", "}]")])
    let middle = random.pick(["", "1", "[]", "{}", "1e400", "\"\\ud800\""])
    return Array(String(repeating: start, count: depth).utf8) + middle.utf8
      + (random.once(in: 4) ? [] : Array(String(repeating: end, count: depth).utf8))
  }

  private static func string(_ random: inout Seeded) -> [UInt8] {
    var text = Array("\"".utf8)
    for _ in 0..<random.below(8) {
      switch random.below(6) {
      case 0: text += "\\u\(hex(random.below(0x10000)))".utf8
      case 1: text += "\\u\(hex(random.pick([0, 0xD800, 0xDBFF, 0xDC00, 0xDFFD, 0xDFFF, 0xFFFF, 0x22, 0x5C])))".utf8
      case 2: text += String(Unicode.Scalar(UInt32(random.below(0x110000))) ?? "\u{10FFFD}").utf8.filter { $0 != 0x22 }
      case 3: text += random.pick(["\\n", "\\\\", "\\\"", "\\/", "\\b"]).utf8
      default: text.append(UInt8(ascii: "a") + UInt8(random.below(26)))
      }
    }
    return text + "\"".utf8
  }

  private static func hex(_ unit: Int) -> String {
    let digits = String(unit, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
