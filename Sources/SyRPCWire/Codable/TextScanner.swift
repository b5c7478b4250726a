/// Takes a text apart from its start. With a regular expression, a date took 130 µs.
struct TextScanner {
  private var rest: Substring

  init(_ text: String) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next scalar, if it is one of these.
  mutating func take(_ oneOf: String) -> Unicode.Scalar? {
    guard let next = rest.unicodeScalars.first, oneOf.unicodeScalars.contains(next) else { return nil }
    rest.unicodeScalars.removeFirst()
    return next
  }

  /// The ASCII digits that come next; nil if there is none.
  mutating func digits() -> Substring? {
    let digits = Substring(rest.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    rest = rest[digits.endIndex...]
    return digits.isEmpty ? nil : digits
  }

  /// The number of exactly as many digits as come next.
  mutating func number(_ count: Int) -> Int? {
    guard let digits = digits(), digits.utf8.count == count else { return nil }
    return Int(digits)
  }
}
