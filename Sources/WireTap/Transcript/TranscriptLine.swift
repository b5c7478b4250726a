internal import SyRPCWire

/// What is wrong with a line of a transcript.
struct Mismatch: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// One line of a transcript file while it is read and verified.
struct TranscriptLine {
  let text: [UInt8]
  let members: JSONObject

  init(_ text: [UInt8]) throws(Mismatch) {
    let value: JSON
    do throws(JSONError) {
      value = try JSON(parsing: text, options: .rejectDuplicateKeys)
    } catch {
      throw Mismatch("not JSON: \(error)")
    }
    guard case .object(let members) = value else { throw Mismatch("expected an object, found \(value.kind)") }
    self.text = text
    self.members = members
  }

  func has(_ key: String) -> Bool { members[key] != nil }

  func string(_ key: String) throws(Mismatch) -> String { try member(key, "a string", \.stringValue) }
  func integer(_ key: String) throws(Mismatch) -> Int64 { try member(key, "an integer", \.integerValue) }
  func real(_ key: String) throws(Mismatch) -> Double { try member(key, "a number", \.doubleValue) }
  func object(_ key: String) throws(Mismatch) -> JSONObject { try member(key, "an object", \.objectValue) }
  func optionalString(_ key: String) throws(Mismatch) -> String? { members[key] == .null ? nil : try string(key) }

  private func member<Value>(_ key: String, _ kind: String, _ read: (JSON) -> Value?) throws(Mismatch) -> Value {
    guard let member = members[key] else { throw Mismatch("\(key): expected \(kind), found nothing") }
    guard let value = read(member) else { throw Mismatch("\(key): expected \(kind), found \(member.kind)") }
    return value
  }

  /// Makes sure that this line is the one that is written for what was read from it.
  func mustEqual(_ written: () throws(JSONError) -> [UInt8]) throws(Mismatch) {
    let expected: [UInt8]
    let value: JSON
    do throws(JSONError) {
      // Without the line feed, which the splitting into lines has taken from `text`.
      expected = try written().dropLast()
      value = try JSON(parsing: expected)
    } catch {
      throw Mismatch("cannot be written again: \(error)")
    }
    guard expected != text else { return }
    if let difference = Self.difference(.object(members), from: value) { throw Mismatch(difference) }
    let start = zip(expected, text).prefix { $0 == $1 }.count
    throw Mismatch(
      """
      right values, wrong form from byte \(start): expected \(Self.excerpt(expected, from: start)), \
      found \(Self.excerpt(text, from: start))
      """)
  }

  /// Where, in words, two values differ first, as deep inside as possible; nil if they are equal.
  private static func difference(_ found: JSON, from expected: JSON) -> String? {
    guard found != expected else { return nil }
    var (found, expected, path) = (found as JSON?, expected as JSON?, "")
    while case .object(let foundMembers) = found, case .object(let expectedMembers) = expected,
      let key = (expectedMembers.keys + foundMembers.keys).first(where: { foundMembers[$0] != expectedMembers[$0] })
    {
      (found, expected) = (foundMembers[key], expectedMembers[key])
      path = path.isEmpty ? key : "\(path).\(key)"
    }
    func words(_ value: JSON?) -> String { value.map { excerpt(Array($0.description.utf8), from: 0) } ?? "nothing" }
    return "\(path): expected \(words(expected)), found \(words(found))"
  }

  private static func excerpt(_ text: [UInt8], from start: Int) -> String {
    let rest = text.dropFirst(start)
    return String(decoding: rest.prefix(60), as: UTF8.self) + (rest.count > 60 ? "…" : "")
  }
}
