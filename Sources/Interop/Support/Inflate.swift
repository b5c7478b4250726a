/// Reads what was compressed by DEFLATE (RFC 1951), in the wrappings of gzip (RFC 1952) and zlib (RFC 1950).
///
/// What comes is a peer's: it may be broken, or made to fill the memory.
package struct Inflate {
  /// The most that is read out of a text, in bytes: RabbitMQ's largest message until version 4.
  private static let largest = 128 << 20

  private let input: [UInt8]
  private var place: Int
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []

  /// What a gzip text of one member holds.
  ///
  /// - Throws: ``InteropError`` that says what is wrong with it.
  package static func gzip(_ bytes: [UInt8]) throws(InteropError) -> [UInt8] {
    guard bytes.count >= 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { throw InteropError("not gzip") }
    let flags = bytes[3]
    guard flags & 0xE0 == 0 else { throw InteropError("gzip with flags that are none") }
    var start = 10
    if flags & 4 != 0 { start += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
    // The name, and a comment.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      while start < bytes.count, bytes[start] != 0 { start += 1 }
      start += 1
    }
    if flags & 2 != 0 { start += 2 }
    var reader = Inflate(bytes, from: start)
    let text = try reader.all()
    let trailer = try reader.rest(8)
    guard trailer[..<4].littleEndian == CRC32.of(text) else { throw InteropError("gzip with another checksum") }
    guard trailer[4...].littleEndian == UInt32(truncatingIfNeeded: text.count) else {
      throw InteropError("gzip with another size")
    }
    return text
  }

  /// What a text in the zlib format holds.
  ///
  /// - Throws: ``InteropError`` that says what is wrong with it.
  package static func zlib(_ bytes: [UInt8]) throws(InteropError) -> [UInt8] {
    guard bytes.count >= 6, bytes[0] & 0x0F == 8, (Int(bytes[0]) << 8 + Int(bytes[1])) % 31 == 0, bytes[1] & 0x20 == 0
    else { throw InteropError("not deflate") }
    var reader = Inflate(bytes, from: 2)
    let text = try reader.all()
    let trailer = try reader.rest(4)
    guard trailer.reduce(UInt32(0), { $0 << 8 | UInt32($1) }) == adler32(text) else {
      throw InteropError("deflate with another checksum")
    }
    return text
  }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return high << 16 | low
  }

  private init(_ input: [UInt8], from place: Int) {
    self.input = input
    self.place = place
  }

  private mutating func all() throws(InteropError) -> [UInt8] {
    var isLast = false
    while !isLast {
      isLast = try next(1) == 1
      switch try next(2) {
      case 0: try copyStored()
      case 1: try copyCodes(Self.fixedLengths, Self.fixedDistances)
      case 2:
        let tables = try readTables()
        try copyCodes(tables.lengths, tables.distances)
      default: throw InteropError("compressed by a method that is none")
      }
    }
    return output
  }

  /// What comes behind the compressed text: exactly so many bytes.
  private func rest(_ count: Int) throws(InteropError) -> [UInt8] {
    guard input.count - place == count else { throw InteropError("compressed text that is cut, or goes on") }
    return Array(input[place...])
  }

  private mutating func next(_ count: Int) throws(InteropError) -> Int {
    while bitCount < count {
      guard place < input.count else { throw InteropError("compressed text that is cut") }
      bits |= UInt32(input[place]) << UInt32(bitCount)
      place += 1
      bitCount += 8
    }
    defer {
      bits >>= UInt32(count)
      bitCount -= count
    }
    return Int(bits & (1 << UInt32(count) - 1))
  }

  private mutating func append(_ byte: UInt8) throws(InteropError) {
    guard output.count < Self.largest else {
      throw InteropError("more than \(Self.largest >> 20) MiB when decompressed")
    }
    output.append(byte)
  }

  private mutating func copyStored() throws(InteropError) {
    (bits, bitCount) = (0, 0)
    let size = try next(16)
    guard try next(16) == ~size & 0xFFFF else { throw InteropError("compressed text with another size") }
    for _ in 0..<size { try append(UInt8(try next(8))) }
  }

  private mutating func copyCodes(_ lengths: Huffman, _ distances: Huffman) throws(InteropError) {
    while true {
      let symbol = try symbol(of: lengths)
      if symbol < 256 {
        try append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol - 257 < Self.lengthBases.count else {
        throw InteropError("compressed text with a length that is none")
      }
      let length = Self.lengthBases[symbol - 257] + (try next(Self.lengthBits[symbol - 257]))
      let code = try self.symbol(of: distances)
      guard code < Self.distanceBases.count else { throw InteropError("compressed text with a distance that is none") }
      let distance = Self.distanceBases[code] + (try next(Self.distanceBits[code]))
      guard distance <= output.count else { throw InteropError("compressed text that begins before its beginning") }
      for _ in 0..<length { try append(output[output.count - distance]) }
    }
  }

  private mutating func readTables() throws(InteropError) -> (lengths: Huffman, distances: Huffman) {
    let (literals, distances, codes) = (try next(5) + 257, try next(5) + 1, try next(4) + 4)
    var sizes = Array(repeating: 0, count: 19)
    for place in Self.sizeOrder.prefix(codes) { sizes[place] = try next(3) }
    let table = Huffman(sizes)
    var lengths: [Int] = []
    while lengths.count < literals + distances {
      let symbol = try symbol(of: table)
      switch symbol {
      case 0..<16: lengths.append(symbol)
      case 16:
        guard let last = lengths.last else { throw InteropError("compressed text that repeats nothing") }
        lengths += Array(repeating: last, count: 3 + (try next(2)))
      case 17: lengths += Array(repeating: 0, count: 3 + (try next(3)))
      default: lengths += Array(repeating: 0, count: 11 + (try next(7)))
      }
    }
    guard lengths.count == literals + distances else { throw InteropError("compressed text with too many lengths") }
    return (Huffman(Array(lengths[..<literals])), Huffman(Array(lengths[literals...])))
  }

  private mutating func symbol(of table: Huffman) throws(InteropError) -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1...15 {
      code |= try next(1)
      let count = table.counts[length]
      if code - first < count { return table.symbols[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw InteropError("compressed text with a code that is none")
  }

  /// The codes of a prefix code, by their lengths (RFC 1951, §3.2.2).
  private struct Huffman {
    /// How many codes of each length there are.
    var counts = Array(repeating: 0, count: 16)
    var symbols: [Int]

    init(_ lengths: [Int]) {
      symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
      for length in lengths where length > 0 { counts[length] += 1 }
    }
  }

  private static let fixedLengths = Huffman(
    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
      + Array(repeating: 8, count: 8))
  private static let fixedDistances = Huffman(Array(repeating: 5, count: 30))
  private static let sizeOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
  ]
  private static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
  private static let distanceBases = distanceBits.reduce(into: [1]) { $0.append($0[$0.count - 1] + 1 << $1) }.dropLast()
}

/// The checksum of gzip, and a hash (RFC 1952, §8).
package enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(UInt32(number)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  package static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}

extension Collection<UInt8> {
  /// Four bytes, the first one lowest.
  fileprivate var littleEndian: UInt32 { reversed().reduce(0) { $0 << 8 | UInt32($1) } }
}
