extension LineProcess {
  /// What to run, and how.
  package struct Command: Sendable {
    /// What the process is called in messages.
    package var name: String
    /// A path, or a name to be looked up in PATH.
    package var executable: String
    package var arguments: [String]
    /// What to change in the environment of this process: nil removes a variable.
    package var environment: [String: String?] = [:]
    /// A path; nil for the one of this process.
    package var workingDirectory: String?
    /// The file to which standard error is appended; nil discards it.
    package var standardErrorFile: String?
    /// How many bytes of it are kept. Nil for all: the child then writes the file directly, and nothing is lost when
    /// this process ends first.
    package var standardErrorLimit: Int?
    /// Whether the child leads a session of its own rather than only a process group.
    package var ownSession = false
    /// The longest line, in bytes, that the child may send.
    package var longestLine = 64 << 20

    package init(name: String? = nil, executable: String, arguments: [String] = []) {
      self.name = name ?? executable
      self.executable = executable
      self.arguments = arguments
    }
  }
}
