internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// What a contract says of bodies, held against messages.
extension BodyFormat {
  /// Something that is asked of a body's text.
  private struct Demand {
    let meaning: String
    /// What is seen of a text that is not so.
    let breach: String
    let isKept: @Sendable ([UInt8]) -> Bool
  }

  private var demands: [Demand] {
    var demands: [Demand] = []
    switch text {
    case .any: break
    case .escaped:
      demands.append(
        Demand(meaning: "with what is not ASCII escaped", breach: "not all escaped") { $0.allSatisfy { $0 < 0x80 } })
    case .raw:
      demands.append(
        Demand(meaning: "without escapes of what is not ASCII", breach: "with escapes of what is not ASCII") {
          !$0.hasNeedlessEscape
        })
    }
    switch spacing {
    case .any: break
    case .compact:
      demands.append(
        Demand(meaning: "without white space", breach: "with white space") { Layout($0).isCompact })
    case .spaced:
      demands.append(
        Demand(meaning: "with a space behind commas and colons", breach: "with other white space") {
          Layout($0).isSpaced
        })
    }
    switch slashes {
    case .any: break
    case .escaped:
      demands.append(
        Demand(meaning: "with slashes escaped", breach: "with slashes that are not escaped") {
          !Layout($0).hasPlainSlash
        })
    case .plain:
      demands.append(
        Demand(meaning: "without escapes of slashes", breach: "with slashes escaped") { !Layout($0).hasEscapedSlash })
    }
    return demands
  }

  /// What a check expects.
  var shown: String { (["UTF-8"] + demands.map(\.meaning)).joined(separator: ", ") }

  /// What a check observes of a message: the same, if it is as it must be.
  func shown(of message: Message) -> String {
    if let problem = message.codecProblem { return problem }
    if message.content.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
    guard message.text.isUTF8 else { return "not UTF-8" }
    return demands.first { !$0.isKept(message.content) }.map { "UTF-8, \($0.breach)" } ?? shown
  }
}

/// How a text of JSON is laid out.
private struct Layout {
  /// Whether no white space stands outside of strings.
  var isCompact = true
  /// Whether one space stands behind each comma and colon outside of strings, and none elsewhere.
  var isSpaced = true
  var hasEscapedSlash = false
  var hasPlainSlash = false

  init(_ text: [UInt8]) {
    var isInString = false
    var before: UInt8 = 0
    var place = 0
    while place < text.count {
      let byte = text[place]
      if isInString {
        if byte == UInt8(ascii: "\\") {
          place += 1
          if place < text.count, text[place] == UInt8(ascii: "/") { hasEscapedSlash = true }
        } else if byte == UInt8(ascii: "/") {
          hasPlainSlash = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else {
        let isBehind = before == UInt8(ascii: ",") || before == UInt8(ascii: ":")
        let isWhite = " \t\n\r".utf8.contains(byte)
        if isWhite { isCompact = false }
        if isWhite ? byte != UInt8(ascii: " ") || !isBehind : isBehind { isSpaced = false }
        isInString = byte == UInt8(ascii: "\"")
      }
      before = byte
      place += 1
    }
  }
}

extension [UInt8] {
  /// Whether a text of JSON has an escape of a scalar beyond ASCII. Half a pair has no other form.
  fileprivate var hasNeedlessEscape: Bool {
    var place = startIndex
    while place + 1 < endIndex {
      guard self[place] == UInt8(ascii: "\\") else {
        place += 1
        continue
      }
      if let unit = escapedUnit(at: place), unit >= 0x80 {
        let isFirstHalf = (0xD800...0xDBFF).contains(unit)
        let isPair = isFirstHalf && (escapedUnit(at: place + 6).map { (0xDC00...0xDFFF).contains($0) } ?? false)
        if isPair || !(0xD800...0xDFFF).contains(unit) { return true }
      }
      place += 2
    }
    return false
  }

  private func escapedUnit(at place: Int) -> Int? {
    guard place + 6 <= endIndex, self[place] == UInt8(ascii: "\\"), self[place + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return Int(String(decoding: self[place + 2..<place + 6], as: UTF8.self), radix: 16)
  }
}

extension MessagePart {
  /// The keys that a message has to have, and those that it can have.
  var shownKeys: String {
    let keys = names(.required).sorted() + names(.optional).sorted().map { "\($0) (optional)" }
    guard let order = body.order else { return keys.joined(separator: ", ") }
    return keys.joined(separator: ", ") + "; in the order \(order.joined(separator: ", "))"
  }

  /// Whether a message has the keys that it must have, each once, and no others.
  func allowsKeys(of message: Message) -> Bool {
    guard !message.text.repeatsKey, let keys = message.json?.objectValue?.keys, !(message.json?.isExactNumber ?? true)
    else { return false }
    let required = names(.required)
    guard required.allSatisfy(keys.contains), keys.allSatisfy((required + names(.optional)).contains) else {
      return false
    }
    return body.order.map { order in order.filter(keys.contains) == keys } ?? true
  }
}

extension MessageField.Kind {
  /// The type as a check shows it.
  var shown: String {
    switch self {
    case .any: "any value"
    case .null: "null"
    case .integer, .object, .array: "an \(rawValue)"
    case .string, .number, .boolean: "a \(rawValue)"
    }
  }
}
