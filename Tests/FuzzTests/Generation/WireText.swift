import SeededRandom

/// AMQP 0-9-1 written by hand, right as a rule: what a mutator makes wrong afterwards gets further than noise.
enum WireText {
  static let protocolHeader: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]

  /// The arguments of each method: `s` and `l` short and long strings, `t` a table, digits the bytes of an integer.
  private static let methods: [(classID: UInt16, methodID: UInt16, arguments: String)] = [
    (10, 10, "11tll"), (10, 11, "tsls"), (10, 20, "l"), (10, 21, "l"), (10, 30, "242"), (10, 31, "242"),
    (10, 40, "ss1"),
    (10, 41, "s"), (10, 50, "2s22"), (10, 51, ""), (10, 60, "s"), (10, 61, ""), (10, 70, "ls"), (10, 71, ""),
    (20, 10, "s"), (20, 11, "l"), (20, 20, "1"), (20, 21, "1"), (20, 40, "2s22"), (20, 41, ""),
    (30, 10, "s1"), (30, 11, "2"),
    (40, 10, "2ss1t"), (40, 11, ""), (40, 20, "2s1"), (40, 21, ""), (40, 30, "2sss1t"), (40, 31, ""),
    (40, 40, "2sss1t"),
    (40, 51, ""),
    (50, 10, "2s1t"), (50, 11, "s44"), (50, 20, "2sss1t"), (50, 21, ""), (50, 30, "2s1"), (50, 31, "4"),
    (50, 40, "2s1"),
    (50, 41, "4"), (50, 50, "2ssst"), (50, 51, ""),
    (60, 10, "421"), (60, 11, ""), (60, 20, "2ss1t"), (60, 21, "s"), (60, 30, "s1"), (60, 31, "s"), (60, 40, "2ss1"),
    (60, 50, "2sss"), (60, 60, "s81ss"), (60, 70, "2s1"), (60, 71, "81ss4"), (60, 72, "s"), (60, 80, "81"),
    (60, 90, "81"), (60, 100, "1"), (60, 110, "1"), (60, 111, ""), (60, 120, "81"),
    (85, 10, "1"), (85, 11, ""), (90, 10, ""), (90, 11, ""), (90, 20, ""), (90, 21, ""), (90, 30, ""), (90, 31, ""),
  ]

  /// Of the class basic, in the order of their flags from the highest bit.
  private static let properties = Array("sst11ssss8ssss")

  /// The bytes of one direction: as a rule calls with their content.
  static func stream(frames count: Int, _ random: inout Seeded) -> [UInt8] {
    var stream = random.once(in: 3) ? protocolHeader : []
    for _ in 0..<count {
      switch random.below(8) {
      case 0: stream += frame(8, 0, [])
      case 1...3: stream += method(&random)
      default: stream += message(&random)
      }
    }
    return stream
  }

  /// Where frames are, and their heads, sizes and payloads, as far as sizes lead from one to the next.
  static func ranges(_ stream: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = stream.starts(with: protocolHeader) ? 8 : 0
    while start + 8 <= stream.count {
      let size = stream[start + 3..<start + 7].reduce(0) { $0 << 8 | Int($1) }
      guard start + 8 + size <= stream.count else { break }
      ranges += [start..<start + 8 + size, start + 1..<start + 3, start + 3..<start + 7, start + 7..<start + 7 + size]
      start += 8 + size
    }
    return ranges
  }

  static func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
    [type] + integer(channel) + integer(UInt32(payload.count)) + payload + [0xCE]
  }

  private static func channel(_ random: inout Seeded) -> UInt16 { random.pick([0, 1, 1, 1, 2, .max]) }

  private static func method(_ random: inout Seeded) -> [UInt8] {
    let method = random.pick(methods)
    return frame(
      1, channel(&random), integer(method.classID) + integer(method.methodID) + values(method.arguments, &random))
  }

  private static func message(_ random: inout Seeded) -> [UInt8] {
    let channel = channel(&random)
    let (id, arguments) = random.pick([(40, "2ss1"), (60, "s81ss"), (50, "2sss"), (71, "81ss4")] as [(UInt16, String)])
    var stream = frame(1, channel, integer(60 as UInt16) + integer(id) + values(arguments, &random))
    let body = random.once(in: 2) ? Array(#"{"result_id":"0","data":null}"#.utf8) : random.bytes(random.below(40))
    let size = random.once(in: 10) ? random.next() : UInt64(body.count)
    let flags = UInt16(truncatingIfNeeded: random.next() & random.next()) & (random.once(in: 8) ? .max : 0xFFFC)
    let present = properties.enumerated().filter { flags & (0x8000 >> UInt16($0.offset)) != 0 }.map(\.element)
    stream += frame(
      2, channel,
      integer(60 as UInt16) + integer(0 as UInt16) + integer(size) + integer(flags) + values(String(present), &random))
    let cut = random.once(in: 2) ? 0 : random.below(body.count + 1)
    for part in [body[..<cut], body[cut...]] where !part.isEmpty || random.once(in: 8) {
      stream += frame(3, channel, Array(part))
    }
    return stream
  }

  private static func values(_ types: String, _ random: inout Seeded) -> [UInt8] {
    types.flatMap { type -> [UInt8] in
      switch type {
      case "s": short(&random)
      case "l": long(random.once(in: 2) ? Array("\0guest\0guest".utf8) : random.bytes(random.below(30)))
      case "t": table(depth: 3, &random)
      default:
        random.once(in: 2)
          ? random.bytes(type.wholeNumberValue ?? 0) : Array(repeating: 0, count: type.wholeNumberValue ?? 0)
      }
    }
  }

  private static func short(_ random: inout Seeded) -> [UInt8] {
    let text =
      random.once(in: 8)
      ? random.bytes(random.below(20)) : Array(random.pick(["", "q", "echo_request", "ü", "0", "a\0b"]).utf8)
    return [UInt8(text.count)] + text
  }

  private static func long(_ bytes: [UInt8]) -> [UInt8] { integer(UInt32(bytes.count)) + bytes }

  private static func table(depth: Int, _ random: inout Seeded) -> [UInt8] {
    var entries: [UInt8] = []
    for index in 0..<random.below(4) {
      entries +=
        (random.once(in: 6) ? short(&random) : [1, UInt8(ascii: "a") + UInt8(index)]) + field(depth: depth, &random)
    }
    return long(entries)
  }

  private static func field(depth: Int, _ random: inout Seeded) -> [UInt8] {
    let tag = random.pick(Array("tbBsuIilLfdDSxTVAF".utf8))
    let value: [UInt8] =
      switch tag {
      case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): random.bytes(1)
      case UInt8(ascii: "s"), UInt8(ascii: "u"): random.bytes(2)
      case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): random.bytes(4)
      case UInt8(ascii: "D"): random.bytes(5)
      case UInt8(ascii: "S"), UInt8(ascii: "x"): long(random.bytes(random.below(8)))
      case UInt8(ascii: "V"): []
      case UInt8(ascii: "A"):
        long(depth > 0 ? (0..<random.below(4)).flatMap { _ in field(depth: depth - 1, &random) } : [])
      case UInt8(ascii: "F"): depth > 0 ? table(depth: depth - 1, &random) : long([])
      default: random.bytes(8)
      }
    return [random.once(in: 50) ? random.byte() : tag] + value
  }

  /// Tables or arrays in one another, around the deepest that are decoded and shown.
  static func nested(_ random: inout Seeded) -> [UInt8] {
    let depth = random.pick([1, 60, 63, 64, 65, 500, 2040, 2048, 2049, 10_000])
    let isArray = random.once(in: 2)
    let tag = UInt8(ascii: isArray ? "A" : "F")
    // In a table a key stands before each value.
    let key: [UInt8] = isArray ? [] : [1, UInt8(ascii: "a")]
    var value: [UInt8] = []
    for level in 1...depth {
      value += [tag] + integer(UInt32(key.count + (depth - level) * (5 + key.count) + 5)) + key
    }
    value += [tag] + long([])
    return frame(
      1, 1, integer(50 as UInt16) + integer(10 as UInt16) + [0, 0, 1, 0x71, 0] + long([1, UInt8(ascii: "a")] + value))
  }

  private static func integer(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
