/// Encodes the elements of an array.
struct UnkeyedWriter: UnkeyedEncodingContainer {
  let builder: ArrayBuilder
  let path: CodingPath

  var codingPath: [any CodingKey] { path.keys }
  var count: Int { builder.count }

  func encodeNil() throws { try append(JSON.null) }

  func encode<T: Encodable>(_ value: T) throws { try append(value) }

  // Swift gives these two a body that throws, and prefers it to what is generic.
  func encode(_ value: Int128) throws { try append(value) }
  func encode(_ value: UInt128) throws { try append(value) }

  private func append(_ value: some Encodable) throws {
    builder.append(try JSON(encoding: value, at: path.appending(index: count)))
  }

  func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
    encoder().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private func encoder() -> ValueEncoder {
    let path = path.appending(index: count)
    return ValueEncoder(slot: builder.appendSlot(), path: path)
  }
}
