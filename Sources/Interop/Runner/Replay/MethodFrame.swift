/// The few frames that a replay makes itself: those of the handshake (AMQP 0-9-1 §2.2.4), the closing, and frames with
/// a tag exchanged.
enum MethodFrame {
  static let protocolHeader = Array("AMQP".utf8) + [0, 0, 9, 1]

  /// connection.start-ok, with an empty table of client properties.
  static func startOK(user: String, password: String) -> [UInt8] {
    let response = [0] + Array(user.utf8) + [0] + Array(password.utf8)
    return connection(11, long([]) + short("PLAIN") + long(response) + short("en_US"))
  }

  /// connection.open.
  static func open(virtualHost: String) -> [UInt8] { connection(40, short(virtualHost) + short("") + [0]) }

  /// connection.close with reply code 200.
  static var close: [UInt8] { connection(50, [0, 200] + short("") + [0, 0, 0, 0]) }

  /// A recorded basic.ack, basic.nack or basic.reject with another delivery tag, which is its first argument.
  static func settle(_ raw: [UInt8], _ tag: UInt64) -> [UInt8] {
    var raw = raw
    raw.replaceSubrange(11..<19, with: bigEndian(tag, 8))
    return raw
  }

  /// A recorded basic.cancel with another consumer tag, which is its first argument.
  static func cancel(_ raw: [UInt8], recorded: String, _ tag: String) -> [UInt8] {
    let arguments = raw[11..<raw.count - 1].dropFirst(1 + recorded.utf8.count)
    return frame(channel: Array(raw[1..<3]), Array(raw[7..<11]) + short(tag) + arguments)
  }

  private static func connection(_ method: UInt8, _ arguments: [UInt8]) -> [UInt8] {
    frame(channel: [0, 0], [0, 10, 0, method] + arguments)
  }

  /// §4.2.3.
  private static func frame(channel: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    [1] + channel + bigEndian(UInt64(payload.count), 4) + payload + [0xCE]
  }

  /// §4.2.5.3.
  private static func short(_ text: String) -> [UInt8] {
    [UInt8(truncatingIfNeeded: text.utf8.count)] + Array(text.utf8)
  }
  private static func long(_ bytes: [UInt8]) -> [UInt8] { bigEndian(UInt64(bytes.count), 4) + bytes }

  private static func bigEndian(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
  }
}
