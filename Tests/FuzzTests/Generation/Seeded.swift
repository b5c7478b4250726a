/// Numbers that are the same for the same seed, on every machine: SplitMix64.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// Spreads the bits of a number, so that what is next to each other gives unrelated numbers.
  static func mixed(_ number: UInt64) -> UInt64 {
    var mixed = number
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to less than `bound`; 0 if that is 0.
  mutating func below(_ bound: Int) -> Int { bound > 0 ? Int(next() >> 1) % bound : 0 }

  /// True once in so many times.
  mutating func once(in times: Int) -> Bool { below(times) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

  /// A part of `0..<count`, more often a short one.
  mutating func range(in count: Int) -> Range<Int> {
    let length = below(below(count + 1) + 1)
    let start = below(count - length + 1)
    return start..<start + length
  }
}

extension [UInt8] {
  /// FNV-1a: a number that an input alone decides, so that what is done with it needs no seed beside it.
  var fingerprint: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in self { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
