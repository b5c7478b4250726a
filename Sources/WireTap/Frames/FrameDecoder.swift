internal import CRabbitMQ
internal import SyRPCWire

/// What a frame holds, when librabbitmq cannot or must not decode it.
struct Undecodable: Error {
  let reason: String
}

/// Reads what the envelope of a frame holds.
enum FrameDecoder {
  typealias Decoded = (channel: UInt16, kind: Frame.Kind, secret: Range<Int>?)

  /// librabbitmq decodes nested tables and arrays by recursion without a bound: this keeps it within 0.5 MiB of stack.
  private static let nestingLimit = 2048

  static func decode(_ raw: [UInt8]) -> Decoded {
    if raw.starts(with: FrameSplitter.protocolHeaderStart), raw.count == FrameSplitter.protocolHeaderSize {
      return (0, .protocolHeader, nil)
    }
    let payload = FrameSplitter.headSize..<raw.count - 1
    guard payload.count >= 0, let envelope = Frame.Envelope(rawValue: raw[0]) else {
      return (0, .undecodable("not a frame"), nil)
    }
    let channel = UInt16(raw[1]) << 8 | UInt16(raw[2])
    var secret: Range<Int>?
    do throws(Undecodable) {
      switch envelope {
      case .body: return (channel, .body(raw[payload]), nil)
      case .method: return (channel, .method(try decodeMethod(raw, payload, secret: &secret)), secret)
      case .header: return (channel, .header(try decodeHeader(raw, payload)), nil)
      case .heartbeat:
        // §4.2.7: on channel 0; and there is nothing to say.
        guard channel == 0, payload.isEmpty else {
          throw Undecodable(reason: "a heartbeat on channel \(channel) with \(payload.count) bytes of payload")
        }
        return (channel, .heartbeat, nil)
      }
    } catch {
      return (channel, .undecodable(error.reason), secret)
    }
  }

  private static func decodeMethod(
    _ raw: [UInt8], _ payload: Range<Int>, secret: inout Range<Int>?
  ) throws(Undecodable) -> Frame.Method {
    guard payload.count >= 4 else { throw Undecodable(reason: "a method of \(payload.count) bytes") }
    let id = raw[payload.prefix(4)].reduce(0) { $0 << 8 | UInt32($1) }
    let arguments = payload.dropFirst(4)
    // Unless the arguments can be told apart, all of them count as credentials.
    if Credentials.areCarried(by: id) { secret = arguments }
    guard let symbol = amqp_method_name(id) else {
      throw Undecodable(reason: "librabbitmq knows no method \(id >> 16).\(id & 0xFFFF)")
    }
    let name = specificationName(String(cString: symbol))

    let found = try withDecoded(raw, arguments, what: name) { pool, bytes, decoded in
      amqp_decode_method(id, pool, bytes, decoded)
    } encode: { decoded, bytes in
      amqp_encode_method(id, decoded, bytes)
    } read: { decoded, start throws(Undecodable) in
      (fields: try MethodFields.read(id, decoded), secret: Credentials.range(id, decoded, from: start))
    }
    secret = found.value.secret
    return Frame.Method(name: name, id: id, fields: found.value.fields, isExact: found.isExact)
  }

  private static func decodeHeader(_ raw: [UInt8], _ payload: Range<Int>) throws(Undecodable) -> Frame.ContentHeader {
    // §4.2.6.1: class 2 bytes, weight 2, body size 8, then flags and properties.
    guard payload.count >= 14 else { throw Undecodable(reason: "a content header of \(payload.count) bytes") }
    func integer(_ offset: Int, _ size: Int) -> UInt64 {
      raw[payload].dropFirst(offset).prefix(size).reduce(0) { $0 << 8 | UInt64($1) }
    }
    let classID = UInt16(integer(0, 2))
    let found = try withDecoded(raw, payload.dropFirst(12), what: "content header of class \(classID)") {
      amqp_decode_properties(classID, $0, $1, $2)
    } encode: {
      amqp_encode_properties(classID, $0, $1)
    } read: { decoded, _ throws(Undecodable) in
      try PropertyFields.read(classID, decoded)
    }
    return Frame.ContentHeader(
      classID: classID, bodySize: integer(4, 8), properties: found.value.properties,
      isExact: found.isExact && integer(2, 2) == 0 && found.value.isComplete)
  }

  /// Lets librabbitmq decode `range` of `raw` into a struct in a pool of its own, and `read` look at it.
  ///
  /// - Returns: what `read` returned, and whether librabbitmq encodes the struct to the same bytes again.
  private static func withDecoded<Value>(
    _ raw: [UInt8], _ range: Range<Int>, what: String,
    decode: (UnsafeMutablePointer<amqp_pool_t>, amqp_bytes_t, UnsafeMutablePointer<UnsafeMutableRawPointer?>) -> Int32,
    encode: (UnsafeMutableRawPointer, amqp_bytes_t) -> Int32,
    read: (UnsafeMutableRawPointer, UnsafeRawPointer) throws(Undecodable) -> Value
  ) throws(Undecodable) -> (value: Value, isExact: Bool) {
    guard nestingBound(raw[range]) <= nestingLimit else {
      throw Undecodable(reason: "\(what): perhaps nested deeper than \(nestingLimit) levels")
    }
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 4096)
    defer { empty_amqp_pool(&pool) }

    let result = raw.withUnsafeBytes { bytes -> Result<(Value, Bool), Undecodable> in
      guard let start = bytes.baseAddress else { return .failure(Undecodable(reason: "\(what): no bytes")) }
      let encoded = amqp_bytes_t(
        len: range.count, bytes: UnsafeMutableRawPointer(mutating: start + range.lowerBound))
      var decoded: UnsafeMutableRawPointer?
      let status = decode(&pool, encoded, &decoded)
      guard status >= 0, let decoded else {
        return .failure(Undecodable(reason: "\(what): \(String(cString: amqp_error_string2(status)))"))
      }
      do throws(Undecodable) {
        let value = try read(decoded, start)
        var again = [UInt8](repeating: 0, count: range.count)
        let size = again.withUnsafeMutableBytes {
          encode(decoded, amqp_bytes_t(len: $0.count, bytes: $0.baseAddress))
        }
        return .success((value, size == range.count && again.elementsEqual(raw[range])))
      } catch {
        return .failure(Undecodable(reason: "\(what): \(error.reason)"))
      }
    }
    return try result.get()
  }

  /// At least the depth to which tables and arrays can be nested in `bytes`: each level takes a tag and a length.
  private static func nestingBound(_ bytes: ArraySlice<UInt8>) -> Int {
    var bound = 0
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let isTag = bytes[index] == UInt8(ascii: "A") || bytes[index] == UInt8(ascii: "F")
      if isTag { bound += 1 }
      index += isTag ? 5 : 1
    }
    return bound
  }

  /// `queue.declare-ok` for `AMQP_QUEUE_DECLARE_OK_METHOD`.
  private static func specificationName(_ symbol: String) -> String {
    // By bytes: this is done for every method of every connection.
    var name = symbol.utf8.dropFirst("AMQP_".utf8.count).dropLast("_METHOD".utf8.count).map { byte in
      byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : byte | 0x20
    }
    if let end = name.firstIndex(of: UInt8(ascii: "-")) { name[end] = UInt8(ascii: ".") }
    return String(decoding: name, as: UTF8.self)
  }
}
