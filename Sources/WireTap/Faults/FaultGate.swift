internal import NIOCore

/// Lets the bytes of a connection pass up to the point of its fault.
struct FaultGate {
  let fault: TapFault
  private var splitter = FrameSplitter()
  private var passed = 0
  private var frames = 0

  init(_ fault: TapFault) { self.fault = fault }

  /// What of these bytes passes; nil for all of them.
  mutating func limit(_ bytes: ByteBuffer, _ direction: Transcript.Direction) -> Int? {
    guard direction == fault.direction else { return nil }
    splitter.append(bytes.readableBytesView)
    // A stream that is not AMQP has no frames to count, and passes.
    while frames < fault.frames, let frame = try? splitter.next(), !frame.isEmpty { frames += 1 }
    guard frames == fault.frames else {
      passed += bytes.readableBytes
      return nil
    }
    return splitter.offset - passed
  }
}
