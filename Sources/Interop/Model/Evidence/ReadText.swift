package import SyRPCWire

/// A text that is meant to be JSON, and what it holds.
package struct ReadText: Sendable {
  /// The value, exact; nil if the text is not JSON.
  package let json: JSON?
  /// Why it is not; nil if it is.
  package let problem: String?
  package let isUTF8: Bool
  /// Whether the outermost object has a key twice.
  package let repeatsKey: Bool

  package init(_ bytes: [UInt8]) {
    isUTF8 = String(validating: bytes, as: UTF8.self) != nil
    do throws(JSONError) {
      json = try JSON(exactly: bytes, options: .rejectDuplicateKeys)
      problem = nil
      repeatsKey = false
    } catch {
      json = error.code == .duplicateKey ? try? JSON(exactly: bytes) : nil
      problem = json == nil ? "\(error)" : nil
      repeatsKey = json?.objectValue != nil && JSON.hasRepeatedTopLevelKey(bytes)
    }
  }
}

/// Reads each distinct text of a cell once: a payload goes over the wire four times, and megabytes take their time.
package struct TextReader {
  private var known: [(bytes: [UInt8], text: ReadText)] = []
  /// By which names messages carry a call's values.
  let names: FieldNames

  package init(_ names: FieldNames = .standard) { self.names = names }

  /// What `bytes` hold.
  package mutating func read(_ bytes: [UInt8]) -> ReadText {
    if let found = known.first(where: { $0.bytes.count == bytes.count && $0.bytes == bytes }) { return found.text }
    let text = ReadText(bytes)
    known.append((bytes, text))
    return text
  }
}

extension JSON {
  /// Whether the outermost object of a text that is JSON has a key twice. Objects in the payload do not count: they are
  /// the user's. Seen in the text itself, since a value has each key once.
  fileprivate static func hasRepeatedTopLevelKey(_ body: [UInt8]) -> Bool {
    var keys: Set<[UInt8]> = []
    var depth = 0
    var place = body.startIndex
    while place < body.endIndex {
      switch body[place] {
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: "\""):
        let string = body[place..<endOfString(body, place)]
        place = string.endIndex
        let next = body[place...].first { !" \t\n\r".utf8.contains($0) }
        guard depth == 1, next == UInt8(ascii: ":") else { continue }
        guard keys.insert(Array(((try? JSON(exactly: Array(string)))?.stringValue ?? "").utf8)).inserted else {
          return true
        }
        continue
      default: break
      }
      place += 1
    }
    return false
  }

  /// The place after the quote that ends the string that begins here.
  private static func endOfString(_ body: [UInt8], _ start: Int) -> Int {
    var place = start + 1
    while place < body.endIndex, body[place] != UInt8(ascii: "\"") {
      place += body[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(place + 1, body.endIndex)
  }
}
