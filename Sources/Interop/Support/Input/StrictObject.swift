package import SyRPCWire

/// A JSON object of which every key has to be known, and every value of the type that its key asks for. What cannot be
/// understood would otherwise be ignored: a demand that nobody makes, an exception that nobody grants.
package struct StrictObject {
  package let members: JSONObject
  private let place: Place

  /// Where an object stands, for messages.
  private struct Place {
    /// The file, or whatever else the object is of.
    let source: String
    /// The file's lines, if it has several.
    let lines: [Substring]
    /// Which part of it: `, in "request"`.
    let within: String

    /// A part of it.
    func inside(_ part: String) -> Place { Place(source: source, lines: lines, within: within + part) }

    /// The line on which a key stands; nil if it stands on several, or on none as it is.
    func line(of key: String) -> Int? {
      let found = lines.indices.filter { number in
        lines[number].ranges(of: "\"\(key)\"").contains { range in
          lines[number][range.upperBound...].first { !$0.isWhitespace } == ":"
        }
      }
      return found.count == 1 ? found[0] + 1 : nil
    }
  }

  /// The object that a file holds.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - bytes: what it holds.
  ///   - keys: the keys that are known.
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the nearest known key.
  package init(of path: String, _ bytes: [UInt8], keys: [String]) throws(InteropError) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    try self.init(
      try Files.json(bytes, of: path), Place(source: path, lines: lines.count > 2 ? lines : [], within: ""), keys)
  }

  /// An object of its own: a line of a file, an entry of a list, what an adapter says.
  ///
  /// - Parameters:
  ///   - value: the object.
  ///   - source: what it is, for messages.
  ///   - keys: the keys that are known.
  /// - Throws: ``InteropError`` that names the source and the nearest known key.
  package init(_ value: JSON, _ source: String, keys: [String]) throws(InteropError) {
    try self.init(value, Place(source: source, lines: [], within: ""), keys)
  }

  private init(_ value: JSON, _ place: Place, _ keys: [String]?) throws(InteropError) {
    self.place = place
    guard let members = value.objectValue else {
      throw InteropError("\(place.source)\(place.within): it is \(value.kind), not an object")
    }
    self.members = members
    guard let keys else { return }
    for key in members.keys where !keys.contains(key) {
      throw complaint(key, "means nothing here; \(Spelling.hint(key, among: keys))")
    }
  }

  /// What is wrong with a member.
  package func complaint(_ key: String, _ what: String) -> InteropError {
    let line = place.line(of: key).map { " line \($0)" } ?? ""
    return InteropError("\(place.source)\(line)\(place.within): \"\(key.excerpt)\" \(what)")
  }

  private func value<Value>(
    _ key: String, _ type: String, _ read: (JSON) -> Value?
  ) throws(InteropError) -> Value? {
    guard let json = members[key] else { return nil }
    guard let value = read(json) else { throw complaint(key, "is \(json.kind), not \(type)") }
    return value
  }

  /// The value that has to be there.
  package func needed<Value>(_ key: String, _ read: (String) throws(InteropError) -> Value?) throws(InteropError)
    -> Value
  {
    guard let value = try read(key) else {
      throw InteropError("\(place.source)\(place.within): \"\(key)\" is missing")
    }
    return value
  }

  /// A string; nil if there is none.
  package func text(_ key: String) throws(InteropError) -> String? { try value(key, "a string", \.stringValue) }
  /// An integer; nil if there is none.
  package func integer(_ key: String) throws(InteropError) -> Int? {
    try value(key, "an integer") { $0.integerValue.flatMap { Int(exactly: $0) } }
  }
  /// A number; nil if there is none.
  package func number(_ key: String) throws(InteropError) -> Double? { try value(key, "a number", \.doubleValue) }
  /// A boolean; nil if there is none.
  package func flag(_ key: String) throws(InteropError) -> Bool? { try value(key, "a boolean", \.boolValue) }
  /// An array of strings; nil if there is none.
  package func texts(_ key: String) throws(InteropError) -> [String]? {
    try value(key, "an array of strings") { json in
      guard let elements = json.arrayValue else { return nil }
      let texts = elements.compactMap(\.stringValue)
      return texts.count == elements.count ? texts : nil
    }
  }

  /// An object; nil if there is none.
  ///
  /// - Parameters:
  ///   - key: the member's.
  ///   - keys: the keys that are known; nil if it can have any.
  /// - Returns: the object.
  /// - Throws: ``InteropError`` if it is none, or has a key that is not known.
  package func object(_ key: String, keys: [String]?) throws(InteropError) -> StrictObject? {
    guard let json = members[key] else { return nil }
    guard json.objectValue != nil else { throw complaint(key, "is \(json.kind), not an object") }
    return try StrictObject(json, place.inside(", in \"\(key)\""), keys)
  }

  /// An array of objects; nil if there is none.
  ///
  /// - Parameters:
  ///   - key: the member's.
  ///   - entry: what one of them is called.
  ///   - keys: the keys that are known.
  /// - Returns: the objects.
  /// - Throws: ``InteropError`` if it is no array of objects, or one has a key that is not known.
  package func objects(_ key: String, _ entry: String, keys: [String]) throws(InteropError) -> [StrictObject]? {
    guard let elements = try value(key, "an array", \.arrayValue) else { return nil }
    var objects: [StrictObject] = []
    for (number, element) in elements.enumerated() {
      objects.append(try StrictObject(element, place.inside(", \(entry) \(number + 1)"), keys))
    }
    return objects
  }
}
