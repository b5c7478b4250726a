/// Encodes one value into its slot; also its own container for a single value.
struct ValueEncoder: Encoder, SingleValueEncodingContainer {
  let slot: ValueSlot
  let path: CodingPath

  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedWriter(builder: slot.object(at: path), path: path))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedWriter(builder: slot.array(at: path), path: path)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() throws { try slot.set(.null, at: path) }

  func encode<T: Encodable>(_ value: T) throws { try set(value) }

  // Swift gives these two a body that throws, and prefers it to what is generic.
  func encode(_ value: Int128) throws { try set(value) }
  func encode(_ value: UInt128) throws { try set(value) }

  private func set(_ value: some Encodable) throws { try slot.set(JSON(encoding: value, at: path), at: path) }
}
