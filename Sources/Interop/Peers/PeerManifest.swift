internal import SyRPCWire

/// A peer's folder, as its `peer.json` describes it (`interop/peers/README.rst`).
package struct PeerManifest: Sendable {
  package struct Alternative: Sendable {
    let needs: String?
    let command: [String]
    let environment: [(name: String, value: String)]
    package let note: String?
  }

  package let name: String
  package let about: String
  /// Whether it takes part in the matrix without being asked for.
  package let isDefault: Bool
  let takesInterpreter: Bool
  let alternatives: [Alternative]
  let missing: String?
  let folder: String

  /// Reads `folder/peer.json`.
  ///
  /// - Parameters:
  ///   - folder: the peer's folder.
  ///   - places: what `{cache}`, `{peer}` and `{executable}` stand for.
  /// - Throws: ``InteropError`` that names the file and the key.
  init(folder: String, places: Places) throws(InteropError) {
    let path = folder / "peer.json"
    let manifest = try Files.readJSON(path)
    func text(_ json: JSON, _ key: String) throws(InteropError) -> String? {
      guard let value = json[key] else { return nil }
      guard let text = value.stringValue else {
        throw InteropError("\(path): \"\(key)\" is \(value.kind), not a string")
      }
      return places.resolve(text, peer: folder)
    }
    guard let name = try text(manifest, "name"), !name.isEmpty, !name.contains(where: { "-/* ?".contains($0) }) else {
      throw InteropError("\(path): \"name\" is missing, or has a character that a peer's name cannot have (-/* ?)")
    }
    self.name = name
    self.folder = folder
    about = try text(manifest, "about") ?? ""
    isDefault = manifest["default"]?.boolValue ?? true
    takesInterpreter = manifest["interpreter"]?.boolValue ?? false
    missing = try text(manifest, "missing")

    var alternatives: [Alternative] = []
    for entry in manifest["alternatives"]?.arrayValue ?? [] {
      let command = entry["command"]?.arrayValue?.compactMap(\.stringValue).map { places.resolve($0, peer: folder) }
      guard let command, !command.isEmpty else {
        throw InteropError("\(path): an alternative has no \"command\" of strings")
      }
      let environment = (entry["environment"]?.objectValue ?? [:]).map { member in
        (name: member.key, value: places.resolve(member.value.stringValue ?? "", peer: folder))
      }
      alternatives.append(
        Alternative(
          needs: try text(entry, "needs"), command: command, environment: environment, note: try text(entry, "note")))
    }
    guard !alternatives.isEmpty else { throw InteropError("\(path): there are no \"alternatives\"") }
    self.alternatives = alternatives
  }

  /// What the words in braces of a manifest stand for.
  package struct Places: Sendable {
    /// Where `interop/setup` installs to.
    package let cache: String
    /// The program that runs.
    package let executable: String

    package init(cache: String, executable: String) {
      self.cache = cache
      self.executable = executable
    }

    func resolve(_ text: String, peer: String) -> String {
      text.replacing("{cache}", with: cache).replacing("{executable}", with: executable)
        .replacing("{peer}", with: peer)
    }
  }
}

/// Whether a peer can take part, and how it is started.
package enum PeerAvailability: Sendable {
  case live(PeerCommand)
  /// Neither installed nor given as a local checkout; why.
  case missing(reason: String)
}

/// How an adapter is started.
package struct PeerCommand: Sendable {
  package let executable: String
  package let arguments: [String]
  package let environment: [String: String]
  package let folder: String
  package let note: String?

  /// The command as a shell would take it.
  package var line: String { ([executable] + arguments).joined(separator: " ") }
}

extension PeerManifest {
  /// Finds the first alternative that can run here.
  ///
  /// - Parameter reference: a local checkout that stands in for the release: a folder, or an interpreter.
  /// - Returns: how to start it, or why that is not possible.
  /// - Throws: ``InteropError`` if the reference does not exist.
  package func availability(reference: String?) throws(InteropError) -> PeerAvailability {
    guard let alternative = alternatives.first(where: { $0.needs.map(Files.exists) ?? true }) else {
      let reason = missing.flatMap { try? Files.read($0) }.map { String(decoding: $0, as: UTF8.self) }
      return .missing(reason: reason?.trimmed ?? "not installed; interop/setup installs it")
    }
    var command = alternative.command
    var environment = Dictionary(alternative.environment.map { ($0.name, $0.value) }) { _, last in last }
    var note = alternative.note
    if let reference {
      guard Files.exists(reference) else {
        throw InteropError("--reference \(name)=\(reference): there is no such path")
      }
      if takesInterpreter, !Files.isFolder(reference) {
        command[0] = reference
      } else {
        environment["SYRPC_REFERENCE"] = reference
      }
      note = [note, "local checkout \(reference)"].compactMap(\.self).joined(separator: "; ")
    }
    // A relative command is looked for in the peer's folder, a bare name on the PATH.
    let executable = command[0].contains("/") && !command[0].hasPrefix("/") ? folder / command[0] : command[0]
    return .live(
      PeerCommand(
        executable: executable, arguments: Array(command.dropFirst()), environment: environment, folder: folder,
        note: note))
  }
}

extension String {
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
