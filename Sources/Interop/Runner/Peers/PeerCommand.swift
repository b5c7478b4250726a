/// Whether a peer can take part, and how it is started.
package enum PeerAvailability: Sendable {
  case live(PeerCommand)
  /// Its recorded connections are played in its place; why it is not live.
  case replay(reason: String)
  /// Neither installed nor given as a local checkout; why.
  case missing(reason: String)
}

/// How an adapter is started.
package struct PeerCommand: Sendable {
  package let executable: String
  package let arguments: [String]
  /// What is changed in the environment of the harness: nil removes a variable.
  package let environment: [String: String?]
  package let folder: String
  package let note: String?
  /// In what an adapter is told of the local checkout that it is to load.
  static let referenceVariable = "SYRPC_REFERENCE"

  /// The local checkout or interpreter that stands in for the release; nil for the release.
  package var reference: String?
  /// The tag of this checkout that it was built from; nil if it was not.
  package var tag: String?
  /// The interpreter that was named for it; nil for the one that is found.
  package var interpreter: String?

  /// The variables of the user's environment that name its program, as they are set.
  package var variables: [String: String] = [:]

  package init(
    executable: String, arguments: [String], environment: [String: String?], folder: String, note: String?,
    reference: String? = nil, tag: String? = nil, interpreter: String? = nil,
    variables: [String: String] = [:]
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
    self.note = note
    self.reference = reference
    self.tag = tag
    self.interpreter = interpreter
    self.variables = variables
  }

  /// The same with variables set.
  package func with(_ variables: [String: String]) -> PeerCommand {
    PeerCommand(
      executable: executable, arguments: arguments, environment: environment.merging(variables) { _, new in new },
      folder: folder, note: note, reference: reference, tag: tag, interpreter: interpreter, variables: self.variables)
  }

  /// The command as a shell would take it.
  package var line: String { ([executable] + arguments).joined(separator: " ") }
}
