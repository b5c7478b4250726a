internal import CRabbitMQ

/// The frames of a message before its body; those of the next to the same place differ in the size of the body alone.
struct MessageHead {
  let bytes: [UInt8]
  /// Where the body's size is.
  let sizeOffset: Int
}

/// Frames that are still to be sent, so that many go with one call of the system.
///
/// A frame is its type, its channel, the size of its payload, the payload and 0xCE (AMQP 0-9-1, 4.2.3). What is in the payload
/// librabbitmq encodes.
final class OutputBuffer {
  private var memory: UnsafeMutableRawBufferPointer
  /// Where what is not sent yet begins.
  private var start = 0
  /// Where it ends.
  private(set) var count = 0

  /// What a method's arguments take at most, at first.
  private static let usualRoom = 1024
  private static let header = 7
  /// 0xCE.
  private static let end = UInt8(AMQP_FRAME_END)
  /// More memory than this is not kept.
  private static let mostKept = 1 << 18

  init() { memory = .allocate(byteCount: 1 << 14, alignment: 16) }
  deinit { memory.deallocate() }

  var isEmpty: Bool { start == count }
  /// What is to be sent.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[start..<count]) }

  /// So many bytes have been sent.
  func removeFirst(_ size: Int) {
    start += size
    if start == count { removeAll() }
  }

  /// All has been sent, or never will be.
  func removeAll() {
    (start, count) = (0, 0)
    guard memory.count > Self.mostKept else { return }
    memory.deallocate()
    memory = .allocate(byteCount: 1 << 14, alignment: 16)
  }

  /// Adds a method; `arguments` is the struct that librabbitmq has for it.
  ///
  /// - Returns: librabbitmq's status, which is negative if it cannot be encoded.
  func add(method: UInt32, _ arguments: UnsafeMutableRawPointer, channel: UInt16) -> Int32 {
    add(type: UInt8(AMQP_FRAME_METHOD), channel: channel) { room in
      guard room.len > 4 else { return AMQP_STATUS_TABLE_TOO_BIG.rawValue }
      room.bytes?.storeBytes(of: method.bigEndian, as: UInt32.self)
      let rest = amqp_bytes_t(len: room.len - 4, bytes: room.bytes.map { $0 + 4 })
      let size = amqp_encode_method(method, arguments, rest)
      return size < 0 ? size : size + 4
    }
  }

  /// Adds a heartbeat (AMQP 0-9-1, 4.2.7).
  func addHeartbeat() {
    reserve(Self.header + 1)
    begin(type: UInt8(AMQP_FRAME_HEARTBEAT), channel: 0, size: 0)
    finish(size: 0)
  }

  /// Adds the header of a message's content.
  ///
  /// - Returns: librabbitmq's status, which is negative if it cannot be encoded.
  func add(contentOf size: Int, _ properties: inout amqp_basic_properties_t, channel: UInt16)
    -> Int32
  {
    withUnsafeMutablePointer(to: &properties) { properties in
      add(type: UInt8(AMQP_FRAME_HEADER), channel: channel) { room in
        guard let start = room.bytes, room.len > 12 else {
          return AMQP_STATUS_TABLE_TOO_BIG.rawValue
        }
        // The class basic, a weight that is always 0, and the size (AMQP 0-9-1, 4.2.6.1).
        start.storeBytes(of: UInt16(AMQP_BASIC_CLASS).bigEndian, as: UInt16.self)
        (start + 2).storeBytes(of: 0, as: UInt16.self)
        (start + 4).storeBytes(of: UInt64(size).bigEndian, as: UInt64.self)
        let rest = amqp_bytes_t(len: room.len - 12, bytes: start + 12)
        let encoded = amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), properties, rest)
        return encoded < 0 ? encoded : encoded + 12
      }
    }
  }

  /// Adds a message like one before, with another body.
  func add(_ head: MessageHead, body: [UInt8], frameMax: Int, channel: UInt16) {
    reserve(head.bytes.count)
    head.bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: $0)
    }
    memory.storeBytes(
      of: UInt64(body.count).bigEndian, toByteOffset: count + head.sizeOffset, as: UInt64.self)
    count += head.bytes.count
    add(body: body, frameMax: frameMax, channel: channel)
  }

  /// How messages begin that have the same arguments and properties; nil if that cannot be encoded.
  static func head(
    of arguments: inout amqp_basic_publish_t, _ properties: inout amqp_basic_properties_t, channel: UInt16
  ) -> MessageHead? {
    let buffer = OutputBuffer()
    guard buffer.add(method: Method.basicPublish, &arguments, channel: channel) == AMQP_STATUS_OK.rawValue else {
      return nil
    }
    let header = buffer.count
    guard buffer.add(contentOf: 0, &properties, channel: channel) == AMQP_STATUS_OK.rawValue else { return nil }
    return MessageHead(bytes: Array(buffer.bytes), sizeOffset: header + Self.header + 4)
  }

  /// Adds a message's body, in frames of at most so many bytes.
  func add(body: [UInt8], frameMax: Int, channel: UInt16) {
    let most = frameMax - Self.header - 1
    body.withUnsafeBytes { body in
      for start in stride(from: 0, to: body.count, by: most) {
        let fragment = body[start..<min(start + most, body.count)]
        reserve(Self.header + fragment.count + 1)
        begin(type: UInt8(AMQP_FRAME_BODY), channel: channel, size: fragment.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[(count + Self.header)...]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: fragment))
        finish(size: fragment.count)
      }
    }
  }

  private func add(type: UInt8, channel: UInt16, _ encode: (amqp_bytes_t) -> Int32) -> Int32 {
    var room = Self.usualRoom
    while true {
      reserve(Self.header + room + 1)
      let start = memory.baseAddress.map { $0 + count + Self.header }
      let size = encode(amqp_bytes_t(len: room, bytes: start))
      guard size < 0 else {
        begin(type: type, channel: channel, size: Int(size))
        finish(size: Int(size))
        return AMQP_STATUS_OK.rawValue
      }
      // Whatever it says is missing: nothing larger goes into any frame.
      guard room < 1 << 17 else { return size }
      room *= 8
    }
  }

  private func begin(type: UInt8, channel: UInt16, size: Int) {
    memory[count] = type
    memory.storeBytes(of: channel.bigEndian, toByteOffset: count + 1, as: UInt16.self)
    memory.storeBytes(of: UInt32(size).bigEndian, toByteOffset: count + 3, as: UInt32.self)
  }

  private func finish(size: Int) {
    count += Self.header + size + 1
    memory[count - 1] = Self.end
  }

  private func reserve(_ size: Int) {
    guard memory.count - count < size else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(2 * memory.count, count + size), alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}
