#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The digits of a number without the zeros around them, by which two spellings of one number are equal.
struct DecimalDigits: Hashable {
  private var isNegative: Bool
  private var digits: Substring
  private var exponent: Int

  init?(_ text: String) {
    var scanner = TextScanner(text)
    let sign = scanner.take("+-")
    guard let whole = scanner.digits() else { return nil }
    var fraction: Substring = ""
    if scanner.take(".") != nil {
      guard let digits = scanner.digits() else { return nil }
      fraction = digits
    }
    var exponent: Int16 = 0
    if scanner.take("eE") != nil {
      let sign = scanner.take("+-").map(String.init) ?? ""
      guard let value = scanner.digits().flatMap({ Int16(sign + $0) }) else { return nil }
      exponent = value
    }
    guard scanner.isAtEnd else { return nil }
    digits = (whole + fraction).drop { $0 == "0" }
    self.exponent = Int(exponent) - fraction.utf8.count
    while digits.last == "0" {
      digits.removeLast()
      self.exponent += 1
    }
    isNegative = sign == "-" && !digits.isEmpty
    if digits.isEmpty { self.exponent = 0 }
  }

  /// The number, if `Decimal` holds each digit: it has 128 bits of them, and an exponent of 8 bits.
  var decimal: Decimal? {
    let excess = max(0, exponent - Int(Int8.max))
    guard digits.count + excess <= 39 else { return nil }
    let shifted = (digits.isEmpty ? "0" : digits) + String(repeating: "0", count: excess)
    // Foundation rounds what does not fit, and does not say so.
    guard let decimal = Decimal(string: "\(isNegative ? "-" : "")\(shifted)e\(exponent - excess)") else { return nil }
    return DecimalDigits(decimal.description) == self ? decimal : nil
  }
}
