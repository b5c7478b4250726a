/// Why the harness cannot do what it was asked to. Exit code 2: not a verdict on any peer.
package struct InteropError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
