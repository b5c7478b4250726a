package import SyRPCWire

/// A text that is meant to be JSON, and what it holds.
package struct ReadText: Sendable {
  /// The value, exact; nil if the text is not JSON.
  package let json: JSON?
  /// Why it is not; nil if it is.
  let problem: String?
  let isUTF8: Bool
  /// Whether the outermost object has a key twice.
  let repeatsKey: Bool

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

  package init() {}

  /// What `bytes` hold.
  package mutating func read(_ bytes: [UInt8]) -> ReadText {
    if let found = known.first(where: { $0.bytes.count == bytes.count && $0.bytes == bytes }) { return found.text }
    let text = ReadText(bytes)
    known.append((bytes, text))
    return text
  }
}

extension JSON {
  /// Whether the outermost object has a key twice. Objects in the payload do not count: they are the user's.
  fileprivate static func hasRepeatedTopLevelKey(_ body: [UInt8]) -> Bool {
    do {
      _ = try JSON(parsing: body, options: .rejectDuplicateKeys)
      return false
    } catch {
      guard error.code == .duplicateKey, let value = try? JSON(parsing: body), case .object(let members) = value else {
        return false
      }
      // The duplicate may be within the data: then the data alone is refused as well.
      return !members.contains { member in
        guard let text = try? member.value.encoded() else { return false }
        return (try? JSON(parsing: text, options: .rejectDuplicateKeys)) == nil
      }
    }
  }
}
