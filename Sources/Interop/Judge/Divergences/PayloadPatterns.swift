internal import InteropModel
package import InteropSupport
internal import SyRPCWire

/// Patterns for a text that may depend on the payload: `"a"`, `["a", "b*"]`, or one of these for each payload by its name.
package enum PayloadPatterns: Sendable, Hashable {
  case always([Glob])
  case byPayload([String: [Glob]])

  /// Of an entry's member.
  ///
  /// - Parameters:
  ///   - value: the member.
  ///   - key: its key.
  ///   - payloads: the payloads that the entry names, of which each needs a pattern.
  ///   - place: where the entry stands, for the error.
  /// - Throws: ``InteropError`` that names the entry and the key.
  init(_ value: JSON, _ key: String, payloads: [String], _ place: String) throws(InteropError) {
    func patterns(_ value: JSON) -> [Glob]? {
      let texts = value.stringValue.map { [$0] } ?? value.arrayValue?.map { $0.stringValue ?? "" } ?? []
      return texts.isEmpty || texts.contains("") ? nil : texts.map(Glob.init)
    }
    guard let members = value.objectValue else {
      guard let patterns = patterns(value) else {
        throw InteropError(
          "\(place): \"\(key)\" is neither a pattern, nor an array of patterns, nor an object of these by payload")
      }
      self = .always(patterns)
      return
    }
    for name in members.keys where !payloads.contains(name) {
      throw InteropError(
        "\(place): \"\(key)\" speaks of \"\(name)\", which is none of the \"payloads\"; "
          + Spelling.hint(name, among: payloads))
    }
    var result: [String: [Glob]] = [:]
    for name in payloads {
      guard let value = members[name], let patterns = patterns(value) else {
        throw InteropError("\(place): \"\(key)\" has no pattern for \"\(name)\", which is one of the \"payloads\"")
      }
      result[name] = patterns
    }
    self = .byPayload(result)
  }

  /// Whether one of the patterns fits the whole of a text.
  func match(_ text: String, payload: String) -> Bool {
    switch self {
    case .always(let patterns): patterns.contains { $0.matches(text) }
    case .byPayload(let patterns): patterns[payload]?.contains { $0.matches(text) } ?? false
    }
  }
}
