/// Decodes one value; also its own container for a single value.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
  let value: JSON
  let path: CodingPath

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedReader(object: try JSONObject(json: value, at: path), path: path))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw path.mismatch([JSON].self, "an array", value) }
    return UnkeyedReader(elements: elements, path: path)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try value.decoded(as: type, at: path) }

  // Swift gives these two a body that throws, and prefers it to what is generic.
  func decode(_ type: Int128.Type) throws -> Int128 { try value.decoded(as: type, at: path) }
  func decode(_ type: UInt128.Type) throws -> UInt128 { try value.decoded(as: type, at: path) }
}

extension JSON {
  var isNull: Bool { if case .null = self { true } else { false } }
}
