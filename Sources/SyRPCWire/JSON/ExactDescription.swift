extension JSON {
  /// Whether this is a number that jansson refuses, which ``init(exactly:)`` made a string of.
  package var isExactNumber: Bool {
    guard case .string(let text) = self else { return false }
    return ["integer ", "real "].contains { text.utf8.starts(with: "\(ExactRewriter.decodedMark)\($0)".utf8) }
  }

  /// The value as JSON text, with what jansson refuses written as it was before ``init(exactly:)`` rewrote it.
  package var exactDescription: String {
    let text = Array(description.utf8)
    guard ExactRewriter(text).mayHaveMark else { return String(decoding: text, as: UTF8.self) }
    var restorer = ExactRestorer(text)
    return String(decoding: restorer.restore(), as: UTF8.self)
  }
}

/// Undoes what ``ExactRewriter`` did. A mark that it did not write is left alone.
private struct ExactRestorer {
  private let input: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  private static let mark = Array(ExactRewriter.mark.utf8)
  private static let quote = UInt8(ascii: "\"")

  init(_ input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  mutating func restore() -> [UInt8] {
    while position < input.count {
      if input[position] == Self.quote {
        if !restoreNumber() { restoreString() }
      } else {
        take(1)
      }
    }
    return output
  }

  private mutating func take(_ count: Int) {
    let end = min(position + count, input.count)
    output += input[position..<end]
    position = end
  }

  /// A string that stands for a number.
  private mutating func restoreNumber() -> Bool {
    guard let afterMark = markEnd(at: position + 1),
      let start = wordEnd("integer ", at: afterMark) ?? wordEnd("real ", at: afterMark)
    else { return false }
    let end = input[start...].firstIndex { !ExactRewriter.isOfNumber($0) } ?? input.count
    guard end > start, end < input.count, input[end] == Self.quote else { return false }
    output += input[start..<end]
    position = end + 1
    return true
  }

  private mutating func restoreString() {
    take(1)
    while position < input.count, input[position] != Self.quote {
      guard input[position] == UInt8(ascii: "\\") else {
        take(1)
        continue
      }
      if let afterMark = markEnd(at: position) {
        restorePart(afterMark)
      } else {
        take(2)
      }
    }
    take(1)
  }

  private mutating func restorePart(_ afterMark: Int) {
    if let end = wordEnd("mark;", at: afterMark) {
      output += Self.mark
      position = end
    } else if let (unit, end) = unit(at: afterMark) {
      let digits = String(unit, radix: 16)
      output += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)".utf8
      position = end
    } else {
      take(Self.mark.count)
    }
  }

  /// `unit 55296;`, and where it ends.
  private func unit(at start: Int) -> (unit: UInt16, end: Int)? {
    guard let first = wordEnd("unit ", at: start) else { return nil }
    // No code unit has more than five digits.
    let digits = input[first...].prefix(6).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let unit = UInt16(String(decoding: digits, as: UTF8.self)), let end = wordEnd(";", at: digits.endIndex) else {
      return nil
    }
    return (unit, end)
  }

  /// Where a mark that starts here ends; jansson writes it with digits of either case.
  private func markEnd(at start: Int) -> Int? {
    guard start + Self.mark.count <= input.count else { return nil }
    let isMark = zip(input[start...], Self.mark).allSatisfy { found, expected in
      found == expected || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(found) && found | 0x20 == expected
    }
    return isMark ? start + Self.mark.count : nil
  }

  private func wordEnd(_ word: String, at start: Int) -> Int? {
    input[start...].starts(with: word.utf8) ? start + word.utf8.count : nil
  }
}
