/// A message as almost all are: members of one line each, of which all but the last are plain strings.
///
/// Such a one need not become an object first, and a plain string needs no jansson. A string is plain if it stands for itself:
/// ASCII without escapes and control characters. The last member may be of any kind; jansson reads it.
struct PlainMessage: Hashable {
  private(set) var resultID: String?
  private(set) var type: String?
  private(set) var data: JSON?

  /// - Returns: nil if it is another message, or none: then the whole of it is to be read, which also says what is wrong.
  init?(_ text: some Collection<UInt8>) {
    guard let message = text.withContiguousStorageIfAvailable({ Self(Scanner($0)) }) ?? nil else { return nil }
    self = message
  }

  private init?(_ scanner: Scanner) {
    var scanner = scanner
    guard scanner.take("{") else { return nil }
    while true {
      guard let key = scanner.plainString(), scanner.take(":") else { return nil }
      let value = scanner
      if let text = scanner.plainString(), let isLast = scanner.memberEnds() {
        guard set(key, .string(String(decoding: text, as: UTF8.self))) else { return nil }
        if isLast { return }
      } else {
        guard let rest = value.lastValue, let parsed = try? JSON(parsing: rest), set(key, parsed) else { return nil }
        return
      }
    }
  }

  /// - Returns: false if there was such a member, or it is not one of ours, or of the wrong kind.
  private mutating func set(_ key: UnsafeBufferPointer<UInt8>, _ value: JSON) -> Bool {
    if key.equals("data"), data == nil {
      data = value
    } else if key.equals("result_id"), resultID == nil, case .string(let text) = value {
      resultID = text
    } else if key.equals("type"), type == nil, case .string(let text) = value {
      type = text
    } else {
      return false
    }
    return true
  }

  private struct Scanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func skipSpace() {
      while position < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) { position += 1 }
    }

    /// Takes one character, with the white space before it.
    mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipSpace()
      guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    /// Takes a plain string; nothing if there is another value.
    mutating func plainString() -> UnsafeBufferPointer<UInt8>? {
      let before = position
      guard take("\"") else { return nil }
      let start = position
      while position < text.count {
        let byte = text[position]
        position += 1
        if byte == UInt8(ascii: "\"") { return UnsafeBufferPointer(rebasing: text[start..<position - 1]) }
        guard byte.isPlain else { break }
      }
      position = before
      return nil
    }

    /// What follows a member: whether that was the last one of the text; nil if it is neither that nor another member.
    mutating func memberEnds() -> Bool? {
      let before = position
      if take(",") { return false }
      if take("}") {
        skipSpace()
        if position == text.count { return true }
      }
      position = before
      return nil
    }

    /// All that is before the end of the object: if that is one JSON value, it is the last member's. Not more than can be
    /// nested as deep as is allowed within an object.
    var lastValue: UnsafeBufferPointer<UInt8>? {
      guard let end = text.lastIndex(of: UInt8(ascii: "}")), end >= position, end - position < JSON.maximumDepth else {
        return nil
      }
      var after = self
      after.position = end + 1
      after.skipSpace()
      return after.position == text.count ? UnsafeBufferPointer(rebasing: text[position..<end]) : nil
    }
  }
}

extension UInt8 {
  /// Whether it stands for itself in a JSON string, with what follows it.
  var isPlain: Bool { self >= 0x20 && self < 0x7F && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\") }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount
      && !zip(self, UnsafeBufferPointer(start: text.utf8Start, count: count)).contains { $0 != $1 }
  }
}
