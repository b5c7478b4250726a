/// A type whose form in JSON is decided here, not by its own `encode(to:)` and `init(from:)`.
protocol DirectJSON: Codable {
  func json(at path: CodingPath) throws -> JSON
  init(json: JSON, at path: CodingPath) throws
}

extension DirectJSON {
  /// Why `json` is none of these.
  static func mismatch(_ expected: String, _ json: JSON, at path: CodingPath) -> DecodingError {
    path.mismatch(Self.self, expected, json)
  }
}

extension CodingPath {
  func mismatch(_ type: any Any.Type, _ expected: String, _ json: JSON) -> DecodingError {
    let context = decodingContext("expected \(expected), found \(json.kind)")
    return if case .null = json { .valueNotFound(type, context) } else { .typeMismatch(type, context) }
  }
}

extension JSON: DirectJSON {
  func json(at path: CodingPath) -> JSON { self }
  init(json: JSON, at path: CodingPath) { self = json }
}

extension JSONObject: DirectJSON {
  func json(at path: CodingPath) -> JSON { .object(self) }
  init(json: JSON, at path: CodingPath) throws {
    guard case .object(let object) = json else { throw Self.mismatch("an object", json, at: path) }
    self = object
  }
}

extension Bool: DirectJSON {
  func json(at path: CodingPath) -> JSON { .bool(self) }
  init(json: JSON, at path: CodingPath) throws {
    guard case .bool(let value) = json else { throw Self.mismatch("a boolean", json, at: path) }
    self = value
  }
}

extension String: DirectJSON {
  func json(at path: CodingPath) -> JSON { .string(self) }
  init(json: JSON, at path: CodingPath) throws {
    guard case .string(let value) = json else { throw Self.mismatch("a string", json, at: path) }
    self = value
  }
}
