/// Makes entries of the bytes of both directions of one connection, in the order in which they arrived.
///
/// A direction that breaks AMQP gives no further entries; the other goes on.
struct TranscriptBuilder: Sendable {
  private(set) var entries: [Transcript.Entry] = []
  private var toBroker = Stream()
  private var fromBroker = Stream()

  private struct Stream {
    var splitter = FrameSplitter()
    var failure: StreamError?
    var byteCount = 0

    /// The frames that these bytes complete.
    mutating func frames(completedBy bytes: some Collection<UInt8>) -> [Frame] {
      byteCount += bytes.count
      guard failure == nil else { return [] }
      splitter.append(bytes)
      var frames: [Frame] = []
      do throws(StreamError) {
        while let raw = try splitter.next() { frames.append(Frame(raw: raw)) }
      } catch {
        failure = error
      }
      return frames
    }

    var undecoded: Transcript.Undecoded? {
      guard byteCount > splitter.offset else { return nil }
      return Transcript.Undecoded(
        bytes: byteCount - splitter.offset,
        reason: failure.map { "the stream broke AMQP: \($0)" } ?? "incomplete frame")
    }
  }

  /// Takes bytes that arrived at one moment.
  mutating func append(_ bytes: some Collection<UInt8>, _ direction: Transcript.Direction, milliseconds: Double) {
    let frames =
      switch direction {
      case .toBroker: toBroker.frames(completedBy: bytes)
      case .fromBroker: fromBroker.frames(completedBy: bytes)
      }
    for frame in frames {
      entries.append(
        Transcript.Entry(number: entries.count, milliseconds: milliseconds, direction: direction, frame: frame))
    }
  }

  /// What is in no entry so far.
  var undecoded: [Transcript.Direction: Transcript.Undecoded] {
    var undecoded: [Transcript.Direction: Transcript.Undecoded] = [:]
    undecoded[.toBroker] = toBroker.undecoded
    undecoded[.fromBroker] = fromBroker.undecoded
    return undecoded
  }
}
