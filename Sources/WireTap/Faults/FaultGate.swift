internal import NIOCore

/// Lets bytes of a direction pass up to the frame at which something happens.
struct FaultGate {
  let stop: TapFault.Stop
  /// The number of frames that pass.
  let limit: Int
  private var splitter = FrameSplitter()
  private var passed = 0
  private var frames = 0

  init(_ stop: TapFault.Stop, afterFrames limit: Int) {
    self.stop = stop
    self.limit = limit
  }

  /// How many of these bytes pass before it happens; nil if all of them do, and it does not happen yet.
  mutating func limit(_ bytes: ByteBuffer) -> Int? {
    splitter.append(bytes.readableBytesView)
    // A stream that is not AMQP has no frames to count, and passes.
    while frames < limit, let frame = try? splitter.next(), !frame.isEmpty { frames += 1 }
    guard frames == limit else {
      passed += bytes.readableBytes
      return nil
    }
    return splitter.offset - passed
  }
}
