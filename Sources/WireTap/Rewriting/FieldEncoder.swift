internal import SyRPCWire

/// Writes arguments, properties and table values (§4.2.5) as bytes: the reverse of ``FieldValue``, in its notation.
struct FieldEncoder {
  private(set) var bytes: [UInt8] = []
  /// The octet of bits that further bits are packed into (§4.2.5.2); nil if a new one has to be begun.
  private var bit: Int?

  /// What cannot be written, and why.
  struct Unwritable: Error {
    let reason: String
  }

  mutating func write(_ value: JSON?, _ name: String, as type: FieldType) throws(Unwritable) {
    guard let value else { throw Unwritable(reason: "\(name) is missing") }
    if type != .bit { bit = nil }
    switch type {
    case .bit: pack(value.boolValue ?? false)
    case .octet: try integer(value, UInt8.self)
    case .short: try integer(value, UInt16.self)
    case .long: try integer(value, UInt32.self)
    case .longlong: try integer(value, UInt64.self)
    case .shortText:
      let text = try octets(value)
      guard let size = UInt8(exactly: text.count) else { throw Unwritable(reason: "\(name) has \(text.count) bytes") }
      bytes += [size] + text
    case .longText: try long(try octets(value))
    case .table: try table(value)
    }
  }

  private mutating func pack(_ isSet: Bool) {
    let position = bit.map { $0 + 1 } ?? 0
    if position % 8 == 0 { bytes.append(0) }
    if isSet { bytes[bytes.count - 1] |= 1 << UInt8(position % 8) }
    bit = position
  }

  private mutating func integer<Integer: FixedWidthInteger>(_ value: JSON, _ type: Integer.Type) throws(Unwritable) {
    guard let number = Integer(value.stringValue ?? value.description) else {
      throw Unwritable(reason: "\(value) is no \(type)")
    }
    bytes += number.bigEndianBytes
  }

  private mutating func long(_ content: [UInt8]) throws(Unwritable) {
    bytes += UInt32(content.count).bigEndianBytes + content
  }

  private func octets(_ value: JSON) throws(Unwritable) -> [UInt8] {
    if let text = value.stringValue { return Array(text.utf8) }
    guard let digits = value["hex"]?.stringValue, let bytes = Hex.decode(digits) else {
      throw Unwritable(reason: "\(value) is no text")
    }
    return bytes
  }

  private mutating func table(_ value: JSON) throws(Unwritable) {
    guard let members = value.objectValue else { throw Unwritable(reason: "\(value) is no table") }
    var content = FieldEncoder()
    for member in members {
      try content.write(.string(member.key), "a key", as: .shortText)
      try content.tagged(member.value)
    }
    try long(content.bytes)
  }

  private mutating func tagged(_ value: JSON) throws(Unwritable) {
    guard let member = value.objectValue?.first, let tag = member.key.utf8.first, member.key.utf8.count == 1 else {
      throw Unwritable(reason: "\(value) has no type tag")
    }
    bytes.append(tag)
    bit = nil
    switch member.key {
    case "t": try integer(member.value == true ? 1 : 0, UInt8.self)
    case "b": try integer(member.value, Int8.self)
    case "B": try integer(member.value, UInt8.self)
    case "s": try integer(member.value, Int16.self)
    case "u": try integer(member.value, UInt16.self)
    case "I": try integer(member.value, Int32.self)
    case "i": try integer(member.value, UInt32.self)
    case "l": try integer(member.value, Int64.self)
    case "L", "T": try integer(member.value, UInt64.self)
    case "S", "x": try long(try octets(member.value))
    case "d": bytes += (member.value.doubleValue ?? 0).bitPattern.bigEndianBytes
    case "F": try table(member.value)
    case "V": break
    default: throw Unwritable(reason: "values of type \(member.key) are not written")
    }
  }
}

extension FixedWidthInteger {
  /// Most significant octet first (§4.2.5.1).
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
