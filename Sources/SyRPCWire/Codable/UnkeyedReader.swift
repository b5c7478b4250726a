/// Decodes the elements of an array. What throws does not move on, as Swift's protocol has it.
struct UnkeyedReader: UnkeyedDecodingContainer {
  let elements: [JSON]
  let path: CodingPath
  private(set) var currentIndex = 0

  var codingPath: [any CodingKey] { path.keys }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    let isNull = try current(JSON?.self).value.isNull
    if isNull { currentIndex += 1 }
    return isNull
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next(type) { try $0.decode(type) } }

  // Swift gives these two a body that throws, and prefers it to what is generic.
  mutating func decode(_ type: Int128.Type) throws -> Int128 { try next(type) { try $0.decode(type) } }
  mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try next(type) { try $0.decode(type) } }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try next(KeyedDecodingContainer<NestedKey>.self) { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next((any UnkeyedDecodingContainer).self) { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next((any Decoder).self) { $0 } }

  private func current(_ type: any Any.Type) throws -> ValueDecoder {
    let path = path.appending(index: currentIndex)
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(type, path.decodingContext("the array ends after \(elements.count) elements"))
    }
    return ValueDecoder(value: elements[currentIndex], path: path)
  }

  private mutating func next<Result>(
    _ type: Result.Type, _ decode: (ValueDecoder) throws -> Result
  ) throws -> Result {
    let result = try decode(try current(type))
    currentIndex += 1
    return result
  }
}
