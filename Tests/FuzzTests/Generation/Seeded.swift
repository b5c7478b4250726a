import SeededRandom

typealias Seeded = SeededRandom.Seeded

extension Seeded {
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
