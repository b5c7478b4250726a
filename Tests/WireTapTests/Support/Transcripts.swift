import SyRPCWire
import WireTap

extension Transcript.Head {
  static let example = Transcript.Head(
    connection: 3, role: "server", peer: "python", broker: "127.0.0.1:5672", started: "2020-01-02T03:04:05.678Z",
    facts: ["libraries": ["amqp": "2.6.1"], "numbers": [1, 0.1, nil]])
}

extension Transcript {
  /// A transcript of these frames, all to the broker unless told otherwise.
  static func of(_ frames: [[UInt8]], _ direction: (_ number: Int) -> Direction = { _ in .toBroker }) -> Transcript {
    let entries = frames.enumerated().map { number, raw in
      Entry(
        number: number, milliseconds: Double(number) / 8, direction: direction(number), frame: Frame(raw: raw))
    }
    return Transcript(head: .example, entries: entries, ending: .closedByPeer)
  }

  /// One of everything that a line can be.
  static let ofEverything: Transcript = {
    let frames = [
      Wire.protocolHeader, Wire.protocolHeader, Wire.startOk(), Wire.heartbeat, Wire.queueDeclare("q\u{1F600}"),
      Wire.queueDeclare("q", flags: 0xFF), Wire.publish("", "k"),
      Wire.header(size: 5, flags: 0x3000, MethodCase.table + [2]), Wire.header(weight: 1, size: 5, flags: 2),
      Wire.body("h\u{e9}llo\0"), Wire.body([0xFF, 0]), Wire.method(10, 70, channel: 0, Wire.long("secret")),
      Wire.method(99, 99, [1, 2, 3]), Wire.deliver(.max), Wire.header(size: .max),
      Wire.header(
        size: 0, flags: 0x2000, Wire.table((key: "d", value: Wire.tagged("d", Wire.integer(Double.nan.bitPattern))))),
      Wire.body(Array(repeating: 0x61, count: 4096)), Wire.body(Array(repeating: 0x61, count: 4097)),
    ]
    var transcript = of(frames) { $0 == 1 ? .fromBroker : .toBroker }
    transcript.undecoded[.fromBroker] = Undecoded(bytes: 12, reason: "incomplete frame")
    return transcript
  }()
}
