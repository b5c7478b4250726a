internal import InteropModel
package import InteropSupport

/// An interpreter on which a peer is to be run in place of the one that is found, and the version that it says it is.
package struct NamedInterpreter: Hashable, Sendable {
  /// An absolute path, or a name to be looked up in PATH.
  package let path: String
  package let version: Version

  package init(path: String, version: Version) {
    self.path = path
    self.version = version
  }

  /// How long one may take to say its version.
  private static let patience = Duration.seconds(30)

  /// Asks an interpreter for its version.
  ///
  /// - Parameters:
  ///   - path: an absolute path, or a name to be looked up in PATH.
  ///   - manifest: of the peer that it is for.
  /// - Returns: the interpreter.
  /// - Throws: ``InteropError`` if the peer takes none, or if this is none.
  static func ask(_ path: String, for manifest: PeerManifest) async throws -> NamedInterpreter {
    let what = "--interpreter \(manifest.name)=\(path)"
    guard let question = manifest.versionQuestion(to: path) else {
      throw InteropError("\(what): peer.json has no \"interpreters\", so this peer cannot be run on one that is named")
    }
    var command = LineProcess.Command(name: path, executable: question.executable, arguments: question.arguments)
    command.environment = question.environment
    // Where its adapter runs: what a command of a version manager is, depends on the folder.
    command.workingDirectory = question.folder
    let answer: String
    do {
      let process = try await LineProcess.start(command)
      do {
        answer = try await process.receive(within: patience)
        _ = await process.terminate()
      } catch {
        _ = await process.terminate()
        throw error
      }
    } catch {
      if error is CancellationError { throw error }
      throw InteropError("\(what): it does not say its version, asked by \(question.line): \(error)")
    }
    guard let version = Version(answer), version.parts.count > 1, version.description == answer.trimmed else {
      throw InteropError("\(what): asked for its version by \(question.line), it said \(answer.shortened())")
    }
    return NamedInterpreter(path: path, version: version)
  }

  /// The names of a peer on several interpreters: with as many parts of the version as the manifest says, or with all of
  /// them where two would have the same name.
  ///
  /// - Parameters:
  ///   - base: the peer's name.
  ///   - interpreters: what it is to be run on.
  ///   - parts: how many parts of the version a name has as a rule.
  /// - Returns: the interpreters, in their order.
  /// - Throws: ``InteropError`` that names two interpreters of the same version.
  static func names(
    _ base: String, _ interpreters: [NamedInterpreter], parts: Int
  ) throws(InteropError) -> [(name: String, interpreter: NamedInterpreter)] {
    for (number, interpreter) in interpreters.enumerated() {
      if let other = interpreters[..<number].first(where: { $0.version == interpreter.version }) {
        throw InteropError(
          "\(other.path) and \(interpreter.path) are both version \(interpreter.version): "
            + "only one of them can be \(PeerName.of(base, interpreter.version))")
      }
    }
    return interpreters.map { interpreter in
      let short = interpreter.version.prefix(parts)
      let isAlone = interpreters.count { $0.version.isOne(of: short) } == 1
      return (PeerName.of(base, isAlone ? short : interpreter.version), interpreter)
    }
  }
}
