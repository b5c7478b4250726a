/// How bytes of one direction of a connection pass.
struct FaultShaping: Hashable, Sendable {
  /// So much later than they came.
  var delay = Duration.zero
  /// Not faster; nil for as fast as they come.
  var bytesPerSecond: Int?
  /// In pieces; nil for in segments as they come.
  var pieces: PieceSizes?

  /// What the receiver has at least between two pieces of a split, so that it can see each of them alone.
  static let gap = Duration.microseconds(100)

  /// How much later the last of some bytes is there, at most.
  func slowdown(roundTrips: Int, bytes: Int) -> Duration {
    var time = delay * roundTrips
    if let bytesPerSecond { time += .seconds(1) * (Double(bytes) / Double(bytesPerSecond)) }
    if let pieces { time += Self.gap * pieces.most(of: bytes, segments: roundTrips) }
    return time
  }

  mutating func set(_ shape: TapFault.Shape) {
    switch shape {
    case .delay(let delay): self.delay = delay
    case .throttle(let rate): bytesPerSecond = rate
    case .split(let size): pieces = PieceSizes(size)
    }
  }
}
