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
    var words = [UInt64](repeating: 0, count: 32)
    var used = 32

    mutating func take() -> (UInt64, UInt64) {
      if used == words.count {
        let status = words.withUnsafeMutableBytes { getentropy($0.baseAddress, $0.count) }
        precondition(status == 0, "the system has no random bytes")
        used = 0
      }
      used += 2
      return (words[used - 2], words[used - 1])
    }
  }

  private static let pool = NIOLockedValueBox(Pool())

  /// A new one.
  static func new() -> String {
    let random = pool.withLockedValue { $0.take() }
    // The version and the variant.
    var high = random.0 & ~0xF000 | 0x4000
    var low = random.1 & ~(3 << 62) | 2 << 62
    return String(unsafeUninitializedCapacity: 36) { text in
      for position in 0..<36 {
        switch position {
        case 8, 13, 18, 23: text[position] = UInt8(ascii: "-")
        case ..<18:
          text[position] = digit(high >> 60)
          high <<= 4
        default:
          text[position] = digit(low >> 60)
          low <<= 4
        }
      }
      return 36
    }
  }

  private static func digit(_ value: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

/// A new result id; for default arguments.
@usableFromInline func newResultID() -> String { ResultID.new() }
