import WireTap

/// The recorded connections, cut to what a reader can be given a million times.
enum Recordings {
  static let transcripts: [Transcript] = Corpus.fixtures("fixtures/transcripts", ".jsonl").compactMap {
    try? Transcript(jsonLines: $0)
  }

  /// A few frames in a row, of each direction.
  static func streams(frames: Int) -> [[UInt8]] {
    let streams = transcripts.flatMap { transcript in
      Transcript.Direction.allCases.flatMap { direction -> [[UInt8]] in
        let frames = transcript.entries.filter { $0.direction == direction }.map(\.frame.raw)
        return parts(of: frames).map { Array($0.joined()) }
      }
    }
    return streams.filter { $0.count < 2000 }

    func parts(of all: [[UInt8]]) -> [ArraySlice<[UInt8]>] {
      stride(from: 0, to: all.count, by: frames).map { all[$0..<min($0 + frames, all.count)] }
    }
  }

  /// A transcript of what one direction sent.
  static func transcript(of stream: [UInt8], _ direction: Transcript.Direction) -> Transcript {
    let split = SplitStream(stream)
    let entries = split.frames.enumerated().map { number, raw in
      Transcript.Entry(
        number: number, milliseconds: Double(number) / 8, direction: direction, frame: Frame(raw: raw))
    }
    var transcript = Transcript(
      head: Transcript.Head(connection: 0, role: "putter", peer: "fuzz", broker: "127.0.0.1:5672"), entries: entries,
      ending: split.failure == nil ? .closedByPeer : .brokerUnreachable("\u{301} no route"))
    if split.offset < stream.count {
      transcript.undecoded[direction] = Transcript.Undecoded(
        bytes: stream.count - split.offset, reason: split.failure.map { "\($0)" } ?? "incomplete frame")
    }
    return transcript
  }
}

/// What a splitter makes of a stream.
struct SplitStream: Equatable {
  private(set) var frames: [[UInt8]] = []
  private(set) var failure: StreamError?
  private(set) var offset = 0
  private(set) var pending = 0

  /// - Parameters:
  ///   - stream: its bytes.
  ///   - cuts: where it is cut into what arrives at a time, in order.
  init(_ stream: [UInt8], cuts: [Int] = []) {
    var splitter = FrameSplitter()
    var start = 0
    for end in cuts + [stream.count] {
      splitter.append(stream[start..<end])
      start = end
      do throws(StreamError) {
        while let frame = try splitter.next() { frames.append(frame) }
      } catch {
        failure = error
      }
    }
    offset = splitter.offset
    pending = splitter.pendingCount
  }
}
