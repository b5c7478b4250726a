internal import InteropSupport
internal import SyRPCWire

/// How a contract finds the index of a result's queue.
package struct ResultHash: Sendable {
  /// The functions that the harness knows.
  package enum Function: String, CaseIterable, Sendable {
    case sipHash24 = "SipHash-2-4"
    case sipHash13 = "SipHash-1-3"
    case sipHash48 = "SipHash-4-8"
    case crc32 = "CRC-32"
    case fnv1a = "FNV-1a-64"

    fileprivate var rounds: (Int, Int)? {
      switch self {
      case .sipHash24: (2, 4)
      case .sipHash13: (1, 3)
      case .sipHash48: (4, 8)
      case .crc32, .fnv1a: nil
      }
    }
  }

  package let function: Function
  /// 16 bytes; none for a function without a key.
  package let key: [UInt8]
  package let mask: UInt64
  /// What the hash is divided by; nil for the number of result queues.
  package let modulus: Int?

  static let keys = ["function", "key", "mask", "modulus"]
  private static let queueCount = "{amq_num_queues}"

  init(_ hash: StrictObject) throws(InteropError) {
    let name = try hash.needed("function", hash.text)
    guard let function = Function(rawValue: name) else {
      throw hash.complaint(
        "function",
        "is \"\(name)\", which the harness does not know; \(Spelling.hint(name, among: Function.allCases.map(\.rawValue)))"
      )
    }
    self.function = function
    if function.rounds != nil {
      key = Array(try hash.needed("key", hash.text).utf8)
      guard key.count == 16 else { throw hash.complaint("key", "has \(key.count) bytes; \(name) takes one of 16") }
    } else {
      guard hash.members["key"] == nil else { throw hash.complaint("key", "means nothing: \(name) has none") }
      key = []
    }
    let digits = try hash.needed("mask", hash.text)
    guard let mask = UInt64(digits, radix: 16) else {
      throw hash.complaint("mask", "is \"\(digits)\", which is no hexadecimal number of 64 bits")
    }
    self.mask = mask
    if hash.members["modulus"]?.integerValue != nil {
      let number = try hash.needed("modulus", hash.integer)
      guard number > 0 else { throw hash.complaint("modulus", "is \(number), which is not above 0") }
      modulus = number
    } else {
      let text = try hash.needed("modulus", hash.text)
      guard text == Self.queueCount else {
        throw hash.complaint("modulus", "is \"\(text)\"; known: \(Self.queueCount), or a number")
      }
      modulus = nil
    }
  }

  /// The index of a result's queue.
  ///
  /// - Parameters:
  ///   - resultID: of the result.
  ///   - count: how many result queues there are.
  /// - Returns: a number from 0 on.
  package func index(of resultID: String, among count: Int) -> Int {
    Int((value(of: resultID) & mask) % UInt64(modulus ?? count))
  }

  /// All bits of the hash.
  package func value(of resultID: String) -> UInt64 { value(Array(resultID.utf8)) }

  private func value(_ bytes: [UInt8]) -> UInt64 {
    switch function {
    case .sipHash24: SipHash(key: key).hash(bytes)
    case .sipHash13, .sipHash48: sipHash(bytes)
    case .crc32: UInt64(CRC32.of(bytes))
    case .fnv1a: bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
  }

  /// With any number of rounds; the library has none but its own.
  private func sipHash(_ bytes: [UInt8]) -> UInt64 {
    func word(_ bytes: some Collection<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
    let (low, high) = (word(key[..<8]), word(key[8...]))
    var (a, b, c, d) = (
      low ^ 0x736f_6d65_7073_6575, high ^ 0x646f_7261_6e64_6f6d, low ^ 0x6c79_6765_6e65_7261,
      high ^ 0x7465_6462_7974_6573
    )
    func mix(_ count: Int) {
      for _ in 0..<count {
        (a, c) = (a &+ b, c &+ d)
        (b, d) = (rotated(b, 13) ^ a, rotated(d, 16) ^ c)
        a = rotated(a, 32)
        (c, a) = (c &+ b, a &+ d)
        (b, d) = (rotated(b, 17) ^ c, rotated(d, 21) ^ a)
        c = rotated(c, 32)
      }
    }
    let (compressions, finalizations) = function.rounds ?? (2, 4)
    let padded = bytes + Array(repeating: 0, count: 7 - bytes.count % 8) + [UInt8(bytes.count % 256)]
    for start in stride(from: 0, to: padded.count, by: 8) {
      let word = word(padded[start..<start + 8])
      d ^= word
      mix(compressions)
      a ^= word
    }
    c ^= 0xff
    mix(finalizations)
    return a ^ b ^ c ^ d
  }
}
