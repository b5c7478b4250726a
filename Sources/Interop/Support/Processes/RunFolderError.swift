/// Why no folder for a run could be made.
package struct RunFolderError: Error, Hashable, Sendable, CustomStringConvertible {
  package let message: String
  package var description: String { message }
}
