extension JSON: Codable {
  /// Encodes the value, with any encoder: exactly by ``init(encoding:)``, else as that encoder has it.
  ///
  /// Foundation's `JSONEncoder` writes `1.0` as `1`, and members in any order.
  ///
  /// - Parameter encoder: where to.
  /// - Throws: `EncodingError` for nesting deeper than 512 levels, or than the thread's stack holds, and what the encoder
  ///   throws.
  public func encode(to encoder: any Encoder) throws {
    if let encoder = encoder as? ValueEncoder { return try encoder.encode(self) }
    if let reason = CodingPath.tooDeep(encoder.codingPath.count) {
      throw EncodingError.invalidValue(self, CodingPath(encoder.codingPath).encodingContext(reason))
    }
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .integer(let value): try value.encode(to: encoder)
    case .real(let value): try value.encode(to: encoder)
    case .string(let value): try value.encode(to: encoder)
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let object):
      var container = encoder.container(keyedBy: JSONKey.self)
      for (key, value) in object { try container.encode(value, forKey: JSONKey(stringValue: key)) }
    }
  }

  /// Decodes a value, with any decoder: exactly by ``decoded(as:)``, else as that decoder has it.
  ///
  /// Foundation's `JSONDecoder` hands on `1.0` as the integer 1, integers beyond 64 bits as doubles, members in any
  /// order, and of canonically equivalent keys only one.
  ///
  /// - Parameter decoder: where from.
  /// - Throws: `DecodingError` for what is no JSON, such as a date of a property list, and for nesting deeper than 512
  ///   levels, or than the thread's stack holds.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? ValueDecoder {
      self = decoder.value
      return
    }
    if let reason = CodingPath.tooDeep(decoder.codingPath.count) {
      throw DecodingError.dataCorrupted(CodingPath(decoder.codingPath).decodingContext(reason))
    }
    if let container = try? decoder.container(keyedBy: JSONKey.self) {
      var object = JSONObject()
      for key in container.allKeys { object[key.stringValue] = try container.decode(JSON.self, forKey: key) }
      self = .object(object)
    } else if var container = try? decoder.unkeyedContainer() {
      var elements: [JSON] = []
      while !container.isAtEnd { elements.append(try container.decode(JSON.self)) }
      self = .array(elements)
    } else {
      self = try JSON(scalar: decoder.singleValueContainer())
    }
  }

  private init(scalar container: any SingleValueDecodingContainer) throws {
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }
}

extension JSONObject: Codable {
  /// Encodes the members, with any encoder; see ``JSON/encode(to:)``.
  ///
  /// - Parameter encoder: where to.
  /// - Throws: `EncodingError` for nesting deeper than 512 levels, or than the thread's stack holds, and what the encoder
  ///   throws.
  public func encode(to encoder: any Encoder) throws { try JSON.object(self).encode(to: encoder) }

  /// Decodes an object, with any decoder; see ``JSON/init(from:)``.
  ///
  /// - Parameter decoder: where from.
  /// - Throws: `DecodingError` for what is no object.
  public init(from decoder: any Decoder) throws {
    try self.init(json: JSON(from: decoder), at: CodingPath(decoder.codingPath))
  }
}
