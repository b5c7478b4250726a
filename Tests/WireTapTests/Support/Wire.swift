/// AMQP 0-9-1 written by hand: the tests' own encoder, independent of librabbitmq.
enum Wire {
  static let protocolHeader: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
  static let heartbeat = frame(8, 0, [])

  static func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
    [type] + integer(channel) + integer(UInt32(payload.count)) + payload + [0xCE]
  }

  static func method(
    _ classID: UInt16, _ methodID: UInt16, channel: UInt16 = 1, _ arguments: [UInt8] = []
  ) -> [UInt8] {
    frame(1, channel, integer(classID) + integer(methodID) + arguments)
  }

  static func header(
    channel: UInt16 = 1, classID: UInt16 = 60, weight: UInt16 = 0, size: UInt64, flags: UInt16 = 0,
    _ properties: [UInt8] = []
  ) -> [UInt8] {
    frame(2, channel, integer(classID) + integer(weight) + integer(size) + integer(flags) + properties)
  }

  static func body(channel: UInt16 = 1, _ content: [UInt8]) -> [UInt8] { frame(3, channel, content) }
  static func body(channel: UInt16 = 1, _ content: String) -> [UInt8] { frame(3, channel, Array(content.utf8)) }

  static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
  static func long(_ bytes: [UInt8]) -> [UInt8] { integer(UInt32(bytes.count)) + bytes }
  static func long(_ text: String) -> [UInt8] { long(Array(text.utf8)) }

  /// A table of entries whose values already have tag and bytes.
  static func table(_ entries: (key: String, value: [UInt8])...) -> [UInt8] {
    long(entries.flatMap { short($0.key) + $0.value })
  }

  static func tagged(_ tag: Character, _ bytes: [UInt8] = []) -> [UInt8] { [tag.asciiValue ?? 0] + bytes }
}

extension Wire {
  static let user = "guest"
  static let password = "s3cret"

  static func startOk(response: [UInt8] = Array("\0\(user)\0\(password)".utf8)) -> [UInt8] {
    method(
      10, 11, channel: 0,
      table((key: "product", value: tagged("S", long("test")))) + short("PLAIN") + long(response) + short("en_US"))
  }

  static func queueDeclare(_ queue: String, channel: UInt16 = 1, flags: UInt8 = 0b10) -> [UInt8] {
    method(
      50, 10, channel: channel,
      integer(UInt16(0)) + short(queue) + [flags]
        + table(
          (key: "x-expires", value: tagged("I", integer(Int32(10_800_000)))),
          (key: "x-message-ttl", value: tagged("s", integer(Int16(10_000))))))
  }

  static func publish(_ exchange: String, _ key: String, channel: UInt16 = 1) -> [UInt8] {
    method(60, 40, channel: channel, integer(UInt16(0)) + short(exchange) + short(key) + [0b01])
  }

  static func deliver(_ tag: UInt64, channel: UInt16 = 1) -> [UInt8] {
    method(60, 60, channel: channel, short("consumer") + integer(tag) + [1] + short("echo_request") + short("key"))
  }
}
