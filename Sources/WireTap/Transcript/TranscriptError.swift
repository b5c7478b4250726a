/// Why a text is not a transcript.
package struct TranscriptError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The line, counted from 1.
  package let line: Int
  /// What is wrong; where bytes and words differ, what was expected and what was found.
  package let message: String

  package var description: String { "line \(line): \(message)" }
}
