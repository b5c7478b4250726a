import SeededRandom

/// A reader that is given whatever comes, and what has to hold for it.
protocol FuzzTarget {
  /// Its folder in `fixtures/fuzz`.
  var name: String { get }
  /// Real inputs.
  var seeds: [[UInt8]] { get }
  /// What means something in the format.
  var words: [[UInt8]] { get }
  /// The parts of an input that a mutation moves as a whole.
  static func pieces(_ input: [UInt8]) -> [Range<Int>]
  /// An input from nothing, about `size` times as large as an ordinary one.
  func generate(size: Int, _ random: inout Seeded) -> [UInt8]
  /// Reads an input.
  ///
  /// - Returns: whether it was accepted.
  /// - Throws: ``Violation``.
  func check(_ input: [UInt8]) throws(Violation) -> Bool
}

/// The inputs of a target, each decided by the seed and its number alone.
struct InputSource<Target: FuzzTarget> {
  private let target: Target
  private let seed: UInt64
  private let mutator: Mutator

  /// One of so many inputs is large: what takes more than linear time shows there.
  private static var largeEvery: Int { 4000 }
  private static var largeSize: Int { 256 << 10 }

  init(_ target: Target, seed: UInt64) {
    self.target = target
    self.seed = seed
    mutator = Mutator(donors: target.seeds, words: target.words, pieces: { Target.pieces($0) })
  }

  func input(_ number: Int) -> [UInt8] {
    var random = Seeded(Seeded.mixed(seed) ^ Seeded.mixed(UInt64(number)) ^ Array(target.name.utf8).fingerprint)
    let isLarge = number % Self.largeEvery == 7
    let isGenerated = random.once(in: 3)
    var input =
      isGenerated ? target.generate(size: isLarge ? 500 : 1, &random) : random.pick(target.seeds)
    // Few changes, else nothing gets past the first check; none to half of what is generated.
    let changes = isGenerated && random.once(in: 2) ? 0 : 1 + random.below(1 << random.below(4))
    for _ in 0..<changes { mutator.mutate(&input, &random) }
    if isLarge, input.count < Self.largeSize, !isGenerated || random.once(in: 2) {
      mutator.inflate(&input, to: Self.largeSize, &random)
      if random.once(in: 2) { mutator.mutate(&input, &random) }
    }
    return input
  }
}
