extension JSON {
  /// A Swift value from this JSON value: the reverse of ``init(encoding:)``.
  ///
  /// Numbers are taken by value, not by spelling, since Node and PHP write `1.0` as `1`: a real number is good for an
  /// integer type if it is whole and in range, an integer for `Double` and `Float` if they hold it exactly. Only a real
  /// number for `Float` is rounded.
  ///
  /// - A member that is null or missing is nil to an optional property; for an optional ``JSON``, null is `.null`.
  /// - `Date` reads any date and time of RFC 3339, with or without a fraction, in any offset.
  /// - `Decimal` reads strings of digits, and numbers; a real number by its shortest digits, so `0.1` is exactly 0.1.
  /// - Keys are told apart by their UTF-8 bytes. A Swift `Dictionary` holds canonically equivalent ones equal, and keeps
  ///   one of them; decode ``JSONObject`` to have both.
  ///
  /// - Parameter type: the type to decode; it can be left to inference.
  /// - Returns: the value.
  /// - Throws: `DecodingError` with the coding path: `dataCorrupted` for a number that the type does not hold, which it
  ///   names, for text that is no date, base64, URL or decimal number, and for nesting deeper than 512 levels, or than
  ///   the thread's stack holds; `typeMismatch`, `valueNotFound` and `keyNotFound`; also whatever an `init(from:)` throws
  ///   itself.
  public func decoded<T: Decodable>(as type: T.Type = T.self) throws -> T {
    try decoded(as: type, at: .top)
  }

  func decoded<T: Decodable>(as type: T.Type, at path: CodingPath) throws -> T {
    if let reason = path.tooDeep { throw DecodingError.dataCorrupted(path.decodingContext(reason)) }
    if let direct = type as? any DirectJSON.Type, let value = try direct.init(json: self, at: path) as? T {
      return value
    }
    return try T(from: ValueDecoder(value: self, path: path))
  }
}
