internal import NIOConcurrencyHelpers

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// Result ids: version 4 UUIDs (RFC 9562) in lower case, as the references make them.
enum ResultID {
  /// Random bytes, taken from the system many at a time: Foundation's `UUID` opens a file for each.
  private struct Pool {
    var bytes = [UInt8](repeating: 0, count: 256)
    var used = 256

    mutating func take() -> ArraySlice<UInt8> {
      if used == bytes.count {
        let status = bytes.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        precondition(status == 0, "the system has no random bytes")
        used = 0
      }
      used += 16
      return bytes[used - 16..<used]
    }
  }

  private static let pool = NIOLockedValueBox(Pool())
  private static let digits = Array("0123456789abcdef".utf8)

  /// A new one.
  static func new() -> String {
    var random = Array(pool.withLockedValue { $0.take() })
    // The version and the variant.
    random[6] = random[6] & 0x0F | 0x40
    random[8] = random[8] & 0x3F | 0x80
    return String(unsafeUninitializedCapacity: 36) { text in
      var position = 0
      for (index, byte) in random.enumerated() {
        if index >= 4, index <= 10, index.isMultiple(of: 2) {
          text[position] = UInt8(ascii: "-")
          position += 1
        }
        text[position] = digits[Int(byte >> 4)]
        text[position + 1] = digits[Int(byte & 15)]
        position += 2
      }
      return position
    }
  }
}

/// A new result id; for default arguments.
@usableFromInline func newResultID() -> String { ResultID.new() }
