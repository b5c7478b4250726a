/// Why talking to a child process failed.
package struct LineProcessError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// It could not be started.
    case notStarted
    /// It has ended, or is being ended; ``LineProcessError/ending`` says how if that is known.
    case ended
    /// No line came, or none was taken, in the time given.
    case timedOut
    /// It lives, but has closed its input.
    case inputClosed
    /// It does not speak the line protocol.
    case lineTooLong, notUTF8
    /// A line to be sent contains a line feed.
    case notALine
  }

  package let code: Code
  package let message: String
  /// How the process ended, if it did.
  package let ending: LineProcess.Ending?

  package init(_ code: Code, _ message: String, ending: LineProcess.Ending? = nil) {
    self.code = code
    self.message = message
    self.ending = ending
  }

  package var description: String { message }
}
