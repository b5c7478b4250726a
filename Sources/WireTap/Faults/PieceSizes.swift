/// How long the pieces are into which segments are split: the same for the same segments, every time.
///
/// Unless a size is given, the first piece of a segment has 1, 2, 3, 4, 5 or 6 bytes, segment by segment in turn: most
/// segments start with a frame, and so its header of 7 bytes comes in two parts, cut at every place there is. Each piece
/// after it has twice as many bytes as the one before, so that a megabyte takes some dozens.
package struct PieceSizes: Hashable, Sendable {
  private let size: Int?
  private var segment = 0
  private var piece = 0

  /// - Parameter size: how long every piece is, in bytes; nil for uneven ones.
  package init(_ size: Int? = nil) { self.size = size }

  /// Into how many pieces so many bytes in so many segments are split, at most.
  package func most(of bytes: Int, segments: Int) -> Int {
    // Uneven ones: log2 of a segment's length.
    size.map { bytes / $0 + segments } ?? 24 * (segments + bytes >> 16)
  }

  /// How long the next piece of the segment is, in bytes, if so much is left of it.
  package var next: Int { size ?? (1 + segment % 6) << min(piece, 24) }

  /// That piece is gone.
  package mutating func advance() { piece += 1 }

  /// The segment is; another one comes.
  package mutating func startSegment() {
    segment += 1
    piece = 0
  }
}
