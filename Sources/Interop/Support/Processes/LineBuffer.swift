/// Bytes as they arrive, handed out line by line.
///
/// Each byte is looked at once for its line feed, so a line of many megabytes costs linear time.
package struct LineBuffer {
  /// The longest line, in bytes without its line feed, that is waited for.
  package let longestLine: Int
  /// Where a reader should pause, in bytes, as long as a whole line is ready: 1 MiB.
  private static let highWater = 1 << 20
  private static let lineFeed = UInt8(ascii: "\n")

  private var bytes: [UInt8] = []
  /// The start of the first line that was not handed out yet.
  private var start = 0
  /// Up to where there is no line feed, seen from `start`.
  private var searched = 0
  /// A line was longer than ``longestLine``: no line after it can be trusted.
  private var isOverlong = false

  package init(longestLine: Int) {
    self.longestLine = longestLine
  }

  /// How many bytes wait to be handed out.
  package var count: Int { bytes.count - start }

  /// Whether the reader should pause until a line is taken.
  package var isFull: Bool {
    mutating get { count > Self.highWater && lineEnd() != nil }
  }

  package mutating func append(_ chunk: UnsafeRawBufferPointer) {
    guard !isOverlong else { return }
    bytes.append(contentsOf: chunk)
    // Not the bytes after the first line: they may hold more line feeds.
    if count > longestLine, lineEnd() == nil { giveUp() }
  }

  /// Takes the first whole line, without its line feed; nil if there is none yet.
  ///
  /// - Throws: ``LineProcessError`` with the code `lineTooLong`, from then on for ever, or `notUTF8` for this line.
  package mutating func nextLine() throws(LineProcessError) -> String? {
    guard !isOverlong else { throw tooLong }
    let end = lineEnd()
    // Also one that came in part together with the line before it.
    guard (end ?? bytes.count) - start <= longestLine else {
      giveUp()
      throw tooLong
    }
    guard let end else { return nil }
    defer { discard(through: end) }
    guard let line = String(validating: bytes[start..<end], as: UTF8.self) else {
      throw LineProcessError(.notUTF8, "a line of \(end - start) bytes that is not UTF-8")
    }
    return line
  }

  private var tooLong: LineProcessError {
    LineProcessError(.lineTooLong, "a line of more than \(longestLine) bytes")
  }

  private mutating func lineEnd() -> Int? {
    let found = bytes[searched...].firstIndex(of: Self.lineFeed)
    searched = found ?? bytes.count
    return found
  }

  private mutating func discard(through end: Int) {
    start = end + 1
    // Moving the rest to the front only when it is the smaller part keeps many short lines linear, too.
    if start > bytes.count / 2 {
      bytes.removeSubrange(..<start)
      start = 0
    }
    searched = start
  }

  private mutating func giveUp() {
    isOverlong = true
    bytes = []
    (start, searched) = (0, 0)
  }
}
