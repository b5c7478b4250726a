/// Makes inputs that nobody foresaw out of real ones.
struct Mutator {
  /// Where parts of other inputs are taken from.
  let donors: [[UInt8]]
  /// What means something in the format.
  let words: [[UInt8]]
  /// The parts that an input has in its format: tokens, frames.
  let pieces: ([UInt8]) -> [Range<Int>]

  /// Bytes that mean something somewhere: ends of ranges, JSON's and AMQP's punctuation, halves of UTF-8.
  private static let bytes: [UInt8] =
    [0, 1, 2, 8, 0x7F, 0x80, 0xBF, 0xC0, 0xCE, 0xED, 0xF4, 0xFE, 0xFF] + Array("\"\\{}[]:,\nuAFS0-.e".utf8)

  /// What no UTF-8 has: overlong, half of a surrogate pair, beyond U+10FFFF, cut off, a byte order mark of UTF-16.
  private static let brokenText: [[UInt8]] = [
    [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xC3],
    [0xFF, 0xFE],
    [0x80],
  ]

  /// Changes an input in one way.
  func mutate(_ input: inout [UInt8], _ random: inout Seeded) {
    switch random.below(15) {
    case 0: at(&input, &random) { $0[$1] ^= 1 << UInt8($2.below(8)) }
    case 1: at(&input, &random) { $0[$1] = $2.pick(Self.bytes) }
    case 2: at(&input, &random) { $0[$1] = $2.byte() }
    case 3: input.removeLast(random.range(in: input.count).count)
    case 4: input.removeSubrange(random.range(in: input.count))
    case 5: repeatPart(random.range(in: min(input.count, 2048)), of: &input, times: 1 + random.below(3))
    case 6: insert(random.pick(words), into: &input, &random)
    case 7: insert(random.pick(Self.brokenText), into: &input, &random)
    case 8: corruptInteger(&input, &random)
    case 9: splice(&input, &random)
    default: mutatePieces(&input, &random)
    }
  }

  /// Blows an input up to so many bytes, by repeating a part of it.
  func inflate(_ input: inout [UInt8], to size: Int, _ random: inout Seeded) {
    if input.isEmpty { input = random.pick(words) }
    let parts = pieces(input)
    let part = parts.isEmpty || random.once(in: 3) ? random.range(in: input.count) : run(of: parts, &random)
    guard !part.isEmpty else { return }
    repeatPart(part, of: &input, times: max(0, size - input.count) / part.count)
  }

  private func at(_ input: inout [UInt8], _ random: inout Seeded, _ change: (inout [UInt8], Int, inout Seeded) -> Void)
  {
    if !input.isEmpty { change(&input, random.below(input.count), &random) }
  }

  private func insert(_ word: [UInt8], into input: inout [UInt8], _ random: inout Seeded) {
    let place = random.below(input.count + 1)
    input.replaceSubrange(place..<place, with: word)
  }

  private func repeatPart(_ part: Range<Int>, of input: inout [UInt8], times: Int) {
    let copy = input[part]
    var copies: [UInt8] = []
    copies.reserveCapacity(copy.count * times)
    for _ in 0..<times { copies += copy }
    input.replaceSubrange(part.upperBound..<part.upperBound, with: copies)
  }

  /// Puts a number that is too large, too small or just beside the right one where a number may be.
  private func corruptInteger(_ input: inout [UInt8], _ random: inout Seeded) {
    let size = random.pick([1, 2, 4, 4, 4, 8])
    guard input.count >= size else { return }
    let place = random.below(input.count - size + 1)
    let found = input[place..<place + size].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    let number = random.pick([
      0, 1, .max, .max >> 1, 1 << 31, found &+ 1, found &- 1, found << 1, found >> 1, UInt64(input.count), 16 << 20,
    ])
    for index in 0..<size {
      input[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (size - 1 - index)))
    }
  }

  /// The start of this input and the end of another.
  private func splice(_ input: inout [UInt8], _ random: inout Seeded) {
    let donor = random.pick(donors)
    let (ours, theirs) = (pieces(input), pieces(donor))
    if ours.isEmpty || theirs.isEmpty || random.once(in: 3) {
      input = Array(input.prefix(random.below(input.count + 1))) + donor.suffix(random.below(donor.count + 1))
    } else {
      input = Array(input[..<random.pick(ours).lowerBound] + donor[random.pick(theirs).lowerBound...])
    }
  }

  private func mutatePieces(_ input: inout [UInt8], _ random: inout Seeded) {
    let parts = pieces(input)
    guard !parts.isEmpty else { return }
    switch random.below(8) {
    case 0: input.removeSubrange(run(of: parts, &random))
    case 1: repeatPart(run(of: parts, &random), of: &input, times: 1 + random.below(3))
    case 2, 3: input.replaceSubrange(value(of: parts, in: input, &random), with: random.pick(words))
    case 4, 5:
      let donor = random.once(in: 2) ? input : random.pick(donors)
      let theirs = pieces(donor)
      guard !theirs.isEmpty else { return }
      let part = donor[value(of: theirs, in: donor, &random)]
      input.replaceSubrange(value(of: parts, in: input, &random), with: Array(part))
    case 6: input.replaceSubrange(random.pick(parts), with: Array(input[random.pick(parts)]))
    default:
      let place = random.pick(parts).lowerBound
      input.replaceSubrange(place..<place, with: Array(input[run(of: parts, &random)]))
    }
  }

  /// A piece that is more than punctuation, if there is one: in its place another leaves the whole well-formed.
  private func value(of parts: [Range<Int>], in input: [UInt8], _ random: inout Seeded) -> Range<Int> {
    var part = random.pick(parts)
    for _ in 0..<4 where part.count == 1 && "{}[]:,".utf8.contains(input[part.lowerBound]) { part = random.pick(parts) }
    return part
  }

  /// Some pieces in a row.
  private func run(of parts: [Range<Int>], _ random: inout Seeded) -> Range<Int> {
    let more = random.range(in: min(parts.count, 40)).count
    let first = random.below(parts.count)
    let last = min(first + more, parts.count - 1)
    return parts[first].lowerBound..<max(parts[first].upperBound, parts[last].upperBound)
  }
}
