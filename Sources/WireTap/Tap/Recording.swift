internal import NIOCore
internal import NIOConcurrencyHelpers

/// What passes over one connection.
///
/// The event loop only puts the buffers that it forwards into a list; they become frames when somebody asks.
final class Recording: Sendable {
  private struct Chunk {
    let bytes: ByteBuffer
    let direction: Transcript.Direction
    let time: NIODeadline
  }

  /// What the event loop writes; locked for moments only.
  private struct Tape {
    var chunks: [Chunk] = []
    var ending = Ending.stillOpen
  }

  /// What is known of the frames; locked while they are decoded.
  private struct Decoded {
    var builder = TranscriptBuilder()
    var reportedCount = 0
  }

  let head: Transcript.Head
  private let start = NIODeadline.now()
  private let liveView: LiveView?
  private let tape = NIOLockedValueBox(Tape())
  private let decoded = NIOLockedValueBox(Decoded())

  init(head: Transcript.Head, liveView: LiveView?) {
    self.head = head
    self.liveView = liveView
  }

  /// Records bytes that arrived just now.
  func append(_ bytes: ByteBuffer, _ direction: Transcript.Direction) {
    tape.withLockedValue { $0.chunks.append(Chunk(bytes: bytes, direction: direction, time: .now())) }
    liveView?.notice(self)
  }

  /// Records the ending. Only the first one counts; what follows is its consequence.
  func end(_ ending: Ending) {
    tape.withLockedValue { tape in
      if tape.ending == .stillOpen { tape.ending = ending }
    }
  }

  /// What was recorded so far.
  func transcript() -> Transcript {
    decoded.withLockedValue { decoded in
      let ending = catchUp(&decoded)
      return Transcript(
        head: head, entries: decoded.builder.entries, ending: ending, undecoded: decoded.builder.undecoded)
    }
  }

  /// The entries since the last call.
  func unreported() -> ArraySlice<Transcript.Entry> {
    decoded.withLockedValue { decoded in
      _ = catchUp(&decoded)
      let news = decoded.builder.entries[decoded.reportedCount...]
      decoded.reportedCount = decoded.builder.entries.count
      return news
    }
  }

  /// Decodes what was recorded since the last time; returns the ending as of then.
  private func catchUp(_ decoded: inout Decoded) -> Ending {
    let (chunks, ending) = tape.withLockedValue { tape in
      let chunks = tape.chunks
      tape.chunks = []
      return (chunks, tape.ending)
    }
    for chunk in chunks {
      let microseconds = (chunk.time - start).nanoseconds / 1000
      decoded.builder.append(
        chunk.bytes.readableBytesView, chunk.direction, milliseconds: Double(microseconds) / 1000)
    }
    return ending
  }
}
