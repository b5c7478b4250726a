/// Why a body is not a SyRPC message.
public struct MessageError: Error, Hashable, Sendable, CustomStringConvertible {
  enum Reason: Hashable, Sendable {
    case invalidJSON(JSONError)
    case notAnObject(String)
    case missingKey(String, present: [String])
    case wrongType(String, String)
  }
  let reason: Reason

  init(_ reason: Reason) { self.reason = reason }

  /// The JSON error, if the body is not JSON that can be held.
  public var jsonError: JSONError? {
    if case .invalidJSON(let error) = reason { error } else { nil }
  }

  /// The key that is missing or of the wrong type, if that is the reason.
  public var key: String? {
    switch reason {
    case .missingKey(let key, _), .wrongType(let key, _): key
    default: nil
    }
  }

  /// Some of the keys, and of each its start: whoever sent them decides how many there are, and how long.
  private static func shown(_ keys: [String]) -> String {
    let shown = keys.prefix(10).map { key in
      let start = key.unicodeScalars.prefix(60)
      return String(start) + (start.endIndex < key.unicodeScalars.endIndex ? "…" : "")
    }
    return (shown + (keys.count > shown.count ? ["\(keys.count - shown.count) more"] : [])).joined(separator: ", ")
  }

  /// The reason in words, with the keys and kinds that it is about.
  public var description: String {
    switch reason {
    case .invalidJSON(let error): "the body is not JSON: \(error)"
    case .notAnObject(let kind): "the body is \(kind), not an object"
    case .missingKey(let key, let present):
      "the key \"\(key)\" is missing; there is \(present.isEmpty ? "none" : Self.shown(present))"
    case .wrongType(let key, let kind): "the key \"\(key)\" is \(kind), not a string"
    }
  }
}
