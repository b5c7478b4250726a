internal import SyRPCWire

/// What tells one content from another, in 16 hexadecimal digits: the hash that the protocol has anyway. It finds accidents; it
/// is no defence against an attacker.
package enum Fingerprint {
  private static let hash = SipHash(key: Array(repeating: 0, count: 16))

  package static func of(_ bytes: [UInt8]) -> String {
    let digits = String(hash.hash(bytes), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
