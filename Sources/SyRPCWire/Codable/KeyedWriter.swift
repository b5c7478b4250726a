/// Encodes the members of an object.
struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let builder: ObjectBuilder
  let path: CodingPath

  var codingPath: [any CodingKey] { path.keys }

  func encodeNil(forKey key: Key) throws { try set(JSON.null, key) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try set(value, key) }

  // Swift gives these two a body that throws, and prefers it to what is generic.
  func encode(_ value: Int128, forKey key: Key) throws { try set(value, key) }
  func encode(_ value: UInt128, forKey key: Key) throws { try set(value, key) }

  private func set(_ value: some Encodable, _ key: Key) throws {
    builder.set(try JSON(encoding: value, at: path.appending(key)), key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder(JSONKey.super) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: some CodingKey) -> ValueEncoder {
    ValueEncoder(slot: builder.slot(key), path: path.appending(key))
  }
}
