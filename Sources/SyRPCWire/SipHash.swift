/// SipHash-2-4, the keyed 64-bit hash of Aumasson and Bernstein ("SipHash: a fast short-input PRF", 2012).
public struct SipHash: Sendable {
  private let key: (UInt64, UInt64)

  /// A hash under a key of 16 bytes.
  ///
  /// - Parameter key: exactly 16 bytes.
  public init(key: [UInt8]) {
    precondition(key.count == 16, "a SipHash key has 16 bytes, not \(key.count)")
    self.key = (key[0..<8].littleEndianWord, key[8..<16].littleEndianWord)
  }

  /// The hash of `bytes`.
  public func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.withUnsafeBytes { hash($0) }
  }

  func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = State(key)
    let tail = bytes.count & ~7
    for start in stride(from: 0, to: tail, by: 8) {
      state.compress(
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)))
    }
    // The last word carries what is left, and the length in its top byte.
    var last = UInt64(truncatingIfNeeded: bytes.count) << 56
    for index in tail..<bytes.count { last |= UInt64(bytes[index]) << UInt64(8 * (index - tail)) }
    state.compress(last)
    return state.finish()
  }

  private struct State {
    var v0, v1, v2, v3: UInt64

    init(_ key: (UInt64, UInt64)) {
      v0 = key.0 ^ 0x736f_6d65_7073_6575
      v1 = key.1 ^ 0x646f_7261_6e64_6f6d
      v2 = key.0 ^ 0x6c79_6765_6e65_7261
      v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func compress(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    mutating func finish() -> UInt64 {
      v2 ^= 0xff
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    private mutating func round() {
      v0 &+= v1
      v1 = v1.rotatedLeft(13) ^ v0
      v0 = v0.rotatedLeft(32)
      v2 &+= v3
      v3 = v3.rotatedLeft(16) ^ v2
      v0 &+= v3
      v3 = v3.rotatedLeft(21) ^ v0
      v2 &+= v1
      v1 = v1.rotatedLeft(17) ^ v2
      v2 = v2.rotatedLeft(32)
    }
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}

extension ArraySlice<UInt8> {
  /// At most eight bytes, the first one lowest.
  fileprivate var littleEndianWord: UInt64 {
    reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
