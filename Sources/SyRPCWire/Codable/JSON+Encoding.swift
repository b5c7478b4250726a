extension JSON {
  /// The JSON value of a Swift value, such as one of a `Codable` type of your own.
  ///
  /// Nothing is rounded in silence: an integer is exact or refused. What becomes what:
  ///
  /// - Integers of all widths become integers, `Double` a real number (`1.0` stays `1.0`), and `Float` the real number
  ///   with the fewest digits that name it: `Float(0.1)` is `0.1`. A whole `Float` within 64 bits has all its digits,
  ///   so that it is the same number once Node or PHP have made it an integer.
  /// - `nil` becomes null in arrays and dictionaries; a property that is nil is left out, as Swift's generated code does.
  /// - A ``JSON`` or ``JSONObject`` anywhere within is taken as it is; what cannot be written of it is for ``encoded()`` to refuse.
  /// - `Date` becomes a string in ISO 8601, in UTC, rounded to microseconds: `2024-02-29T12:00:00.250000Z`.
  /// - `Decimal` becomes a string of plain digits, since neither integers nor doubles hold every one: `"12.34"`.
  /// - `Data` becomes a string in base64, `URL` its absolute string, `UUID` its string.
  /// - A type that encodes nothing becomes an empty object.
  ///
  /// Members stand in the order in which they were encoded; where a key is encoded twice, the last value wins.
  ///
  /// - Parameter value: what to encode.
  /// - Throws: `EncodingError.invalidValue` with the coding path, for an integer beyond 64 bits with a sign, a number
  ///   that is not finite, a date outside of the years 0 to 9999, nesting deeper than 512 levels, or than the thread's
  ///   stack holds, and an `encode(to:)` that asks for two kinds of container; also whatever an `encode(to:)` throws
  ///   itself.
  public init(encoding value: some Encodable) throws {
    try self.init(encoding: value, at: .top)
  }

  init(encoding value: some Encodable, at path: CodingPath) throws {
    if let reason = path.tooDeep { throw EncodingError.invalidValue(value, path.encodingContext(reason)) }
    if let value = value as? any DirectJSON {
      self = try value.json(at: path)
    } else {
      let slot = ValueSlot()
      try value.encode(to: ValueEncoder(slot: slot, path: path))
      self = try slot.finish()
    }
  }
}

extension EncodingError {
  static func tooDeep(_ value: Any, at path: CodingPath) -> Self {
    .invalidValue(value, path.encodingContext("nested deeper than \(CodingPath.maximumDepth) levels"))
  }
}
