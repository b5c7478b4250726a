internal import CRabbitMQ
internal import SyRPCWire

/// How arguments, properties and table values (§4.2.5) are written as JSON.
///
/// A value of a table or of an array is an object of one member, whose key is the type tag of the wire:
///
/// | tag | JSON | tag | JSON |
/// |---|---|---|---|
/// | `t` | boolean | `S` | string, or `{"hex": "…"}` if it is not UTF-8 |
/// | `b` `B` `s` `u` `I` `i` `l` `L` | integer | `x` | `{"hex": "…"}` |
/// | `f` `d` | real, or `{"hex": "…"}` of its bits if not finite | `A` | array of such objects |
/// | `D` | `{"scale": 2, "value": 314}` | `F` | object of such objects |
/// | `T` | seconds since 1970 | `V` | null |
///
/// The tags are those of RabbitMQ and of librabbitmq, not those of the specification (`s` is a 16-bit integer).
enum FieldValue {
  /// The deepest nesting of tables and arrays that is shown. Real peers use two levels.
  private static let depthLimit = 64

  /// An integer; as a string of its decimal digits where it is beyond what JSON's reader holds, 2^63-1.
  static func number(_ value: some FixedWidthInteger) -> JSON {
    Int64(exactly: value).map(JSON.integer) ?? .string(String(value))
  }

  static func bit(_ value: amqp_boolean_t) -> JSON { .bool(value != 0) }

  /// Text, or the bytes in hexadecimal if they are not UTF-8.
  static func text(_ value: amqp_bytes_t) -> JSON {
    let bytes = buffer(value)
    return String(validating: bytes, as: UTF8.self).map(JSON.string) ?? hex(bytes)
  }

  /// A stand-in that tells no more than the size.
  static func hidden(_ value: amqp_bytes_t) -> JSON { .string("<hidden, \(value.len) bytes>") }

  /// A table.
  ///
  /// - Throws: if it has a key twice, a key that JSON cannot have, a value of unknown type, or is nested too deep.
  static func table(_ table: amqp_table_t) throws(Undecodable) -> JSON { try .object(members(of: table, depth: 1)) }

  private static func members(of table: amqp_table_t, depth: Int) throws(Undecodable) -> JSONObject {
    guard depth <= depthLimit else { throw Undecodable(reason: "tables nested deeper than \(depthLimit) levels") }
    var object = JSONObject()
    for entry in UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries)) {
      guard case .string(let key) = text(entry.key), !key.utf8.contains(0) else {
        throw Undecodable(reason: "a table has a key that is not text, \(text(entry.key))")
      }
      // §4.2.5.5: duplicate fields are illegal. To show one of the two would hide the other.
      guard object[key] == nil else { throw Undecodable(reason: "a table has the key \(key.debugDescription) twice") }
      object[key] = try tagged(entry.value, depth: depth)
    }
    return object
  }

  private static func tagged(_ field: amqp_field_value_t, depth: Int) throws(Undecodable) -> JSON {
    let value: JSON =
      switch amqp_field_value_kind_t(UInt32(field.kind)) {
      case AMQP_FIELD_KIND_BOOLEAN: bit(field.value.boolean)
      case AMQP_FIELD_KIND_I8: number(field.value.i8)
      case AMQP_FIELD_KIND_U8: number(field.value.u8)
      case AMQP_FIELD_KIND_I16: number(field.value.i16)
      case AMQP_FIELD_KIND_U16: number(field.value.u16)
      case AMQP_FIELD_KIND_I32: number(field.value.i32)
      case AMQP_FIELD_KIND_U32: number(field.value.u32)
      case AMQP_FIELD_KIND_I64: number(field.value.i64)
      case AMQP_FIELD_KIND_U64, AMQP_FIELD_KIND_TIMESTAMP: number(field.value.u64)
      case AMQP_FIELD_KIND_F32: real(Double(field.value.f32), bits: field.value.f32.bitPattern)
      case AMQP_FIELD_KIND_F64: real(field.value.f64, bits: field.value.f64.bitPattern)
      case AMQP_FIELD_KIND_DECIMAL:
        ["scale": number(field.value.decimal.decimals), "value": number(field.value.decimal.value)]
      case AMQP_FIELD_KIND_UTF8: text(field.value.bytes)
      case AMQP_FIELD_KIND_BYTES: hex(buffer(field.value.bytes))
      case AMQP_FIELD_KIND_ARRAY: try .array(elements(of: field.value.array, depth: depth + 1))
      case AMQP_FIELD_KIND_TABLE: try .object(members(of: field.value.table, depth: depth + 1))
      case AMQP_FIELD_KIND_VOID: .null
      default: throw Undecodable(reason: "a table has a value of the unknown type 0x\(field.kind.hex)")
      }
    return .object([String(UnicodeScalar(field.kind)): value])
  }

  private static func elements(of array: amqp_array_t, depth: Int) throws(Undecodable) -> [JSON] {
    guard depth <= depthLimit else { throw Undecodable(reason: "arrays nested deeper than \(depthLimit) levels") }
    var values: [JSON] = []
    for element in UnsafeBufferPointer(start: array.entries, count: Int(array.num_entries)) {
      values.append(try tagged(element, depth: depth))
    }
    return values
  }

  private static func real(_ value: Double, bits: some FixedWidthInteger & UnsignedInteger) -> JSON {
    value.isFinite ? .real(value) : ["hex": .string(bits.hex)]
  }

  private static func buffer(_ value: amqp_bytes_t) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: value.bytes, count: value.bytes == nil ? 0 : value.len)
  }

  private static func hex(_ bytes: UnsafeRawBufferPointer) -> JSON { ["hex": .string(Hex.encode(bytes))] }
}
