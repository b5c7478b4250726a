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
    /// The file, if it has several lines.
    let text: [UInt8]
    /// Which part of it: `, in "request"`.
    var within = ""
    /// The keys and indexes that lead to it.
    var path: [String] = []

    init(_ source: String, _ text: [UInt8] = []) {
      self.source = source
      self.text = text.count { $0 == UInt8(ascii: "\n") } > 1 ? text : []
    }

    /// A part of it.
    func inside(_ part: String, _ path: [String]) -> Place {
      var place = self
      place.within += part
      place.path += path
      return place
    }

    /// ` line 5`, for what stands there; empty where there are no lines.
    func line(_ path: [String]) -> String {
      text.isEmpty ? "" : JSONLines(text)[self.path + path].map { " line \($0)" } ?? ""
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
    try self.init(try Files.json(bytes, of: path), Place(path, bytes), keys)
  }

  /// An object of its own: a line of a file, an entry of a list, what an adapter says.
  ///
  /// - Parameters:
  ///   - value: the object.
  ///   - source: what it is, for messages.
  ///   - keys: the keys that are known.
  /// - Throws: ``InteropError`` that names the source and the nearest known key.
  package init(_ value: JSON, _ source: String, keys: [String]) throws(InteropError) {
    try self.init(value, Place(source), keys)
  }

  /// An object that was made of a file and something else: what is wrong with it is said of the file.
  ///
  /// - Parameters:
  ///   - value: the object.
  ///   - path: the file.
  ///   - bytes: what the file holds.
  ///   - keys: the keys that are known.
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the nearest known key.
  package init(_ value: JSON, madeOf path: String, _ bytes: [UInt8], keys: [String]) throws(InteropError) {
    try self.init(value, Place(path, bytes), keys)
  }

  /// Where one of its members stands, for messages about what is inside.
  package func source(of key: String) -> String {
    "\(place.source)\(place.line([key]))\(place.within), in \"\(key)\""
  }

  private init(_ value: JSON, _ place: Place, _ keys: [String]?) throws(InteropError) {
    self.place = place
    guard let members = value.objectValue else {
      throw InteropError("\(place.source)\(place.line([]))\(place.within): it is \(value.kind), not an object")
    }
    self.members = members
    guard let keys else { return }
    for key in members.keys where !keys.contains(key) {
      throw complaint(key, "means nothing here; \(Spelling.hint(key, among: keys))")
    }
  }

  /// The same object with members of another one where it has none; of what stands in neither, it is said here.
  package func completed(by base: StrictObject) -> StrictObject {
    StrictObject(place, members: JSON.object(base.members).merged(with: .object(members)).objectValue ?? members)
  }

  private init(_ place: Place, members: JSONObject) {
    self.place = place
    self.members = members
  }

  /// What is wrong with a member.
  package func complaint(_ key: String, _ what: String) -> InteropError { complaint([key], what) }

  /// What is wrong with a member of a member, by the keys that lead to it.
  package func complaint(_ path: [String], _ what: String) -> InteropError {
    let within = path.dropLast().map { ", in \"\($0.excerpt)\"" }.joined()
    return InteropError(
      "\(place.source)\(place.line(path))\(place.within)\(within): \"\((path.last ?? "").excerpt)\" \(what)")
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
      throw InteropError("\(place.source)\(place.line([key]))\(place.within): \"\(key)\" is missing")
    }
    return value
  }

  /// A string; nil if there is none.
  package func text(_ key: String) throws(InteropError) -> String? { try value(key, "a string", \.stringValue) }
  /// One of some words; nil if there is none.
  package func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(InteropError) -> Word?
  where Word.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw complaint(
        key, "is \"\(text)\", which is none; \(Spelling.hint(text, among: Word.allCases.map(\.rawValue)))")
    }
    return word
  }
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
    return try StrictObject(json, place.inside(", in \"\(key)\"", [key]), keys)
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
      objects.append(try StrictObject(element, place.inside(", \(entry) \(number + 1)", [key, String(number)]), keys))
    }
    return objects
  }
}
