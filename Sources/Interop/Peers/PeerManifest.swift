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
  /// How a local checkout is run, whether or not a release is installed; nil if the alternatives say.
  let referenceAlternative: Alternative?
  let missing: String?
  let folder: String

  /// Reads `folder/peer.json`.
  ///
  /// - Parameters:
  ///   - folder: the peer's folder.
  ///   - places: what `{cache}`, `{peer}` and `{executable}` stand for.
  /// - Throws: ``InteropError`` that names the file and the key.
  init(folder: String, places: Places) throws(InteropError) {
    try self.init(bytes: try Files.read(folder / "peer.json"), folder: folder, places: places)
  }

  /// Reads the text of a `peer.json` that stands in a folder.
  ///
  /// - Parameters:
  ///   - bytes: the file's.
  ///   - folder: the peer's folder.
  ///   - places: what `{cache}`, `{peer}` and `{executable}` stand for.
  /// - Throws: ``InteropError`` that names the file and the key.
  package init(bytes: [UInt8], folder: String, places: Places) throws(InteropError) {
    let path = folder / "peer.json"
    let manifest = try Files.json(bytes, of: path)
    func text(_ json: JSON, _ key: String) throws(InteropError) -> String? {
      guard let value = json[key] else { return nil }
      guard let text = value.stringValue else {
        throw InteropError("\(path): \"\(key)\" is \(value.kind), not a string")
      }
      return places.resolve(text, peer: folder)
    }
    // By scalars: a slash with a combining mark is another character, and the same byte.
    guard let name = try text(manifest, "name"), !name.isEmpty,
      !name.unicodeScalars.contains(where: { "-/* ?".unicodeScalars.contains($0) })
    else {
      throw InteropError("\(path): \"name\" is missing, or has a character that a peer's name cannot have (-/* ?)")
    }
    self.name = name
    self.folder = folder
    about = try text(manifest, "about") ?? ""
    func flag(_ key: String, _ fallback: Bool) throws(InteropError) -> Bool {
      guard let value = manifest[key] else { return fallback }
      guard let flag = value.boolValue else {
        throw InteropError("\(path): \"\(key)\" is \(value.kind), not a boolean")
      }
      return flag
    }
    isDefault = try flag("default", true)
    takesInterpreter = try flag("interpreter", false)
    missing = try text(manifest, "missing")

    var program: [String]?
    if let entry = manifest["program"] {
      guard let variable = try text(entry, "variable"), let fallback = try text(entry, "default"),
        !fallback.isEmpty
      else {
        throw InteropError("\(path): \"program\" has no \"variable\" or no \"default\"")
      }
      let asked = places.environment[variable]?.words ?? []
      program = asked.isEmpty ? [fallback] : asked
    }
    func alternative(_ entry: JSON) throws(InteropError) -> Alternative {
      let elements = entry["command"]?.arrayValue ?? []
      let words = elements.compactMap(\.stringValue)
      guard let first = words.first, !first.isEmpty, words.count == elements.count else {
        throw InteropError("\(path): an alternative has no \"command\" of strings")
      }
      if first == "{program}", program == nil {
        throw InteropError("\(path): a command begins with {program}, and there is no \"program\"")
      }
      let command = (first == "{program}" ? program ?? [] : [first]) + words.dropFirst()
      let members = entry["environment"] ?? .object([:])
      guard let members = members.objectValue else {
        throw InteropError("\(path): \"environment\" is \(members.kind), not an object")
      }
      var environment: [(name: String, value: String)] = []
      for name in members.keys { environment.append((name, try text(.object(members), name) ?? "")) }
      return Alternative(
        needs: try text(entry, "needs"), command: command.map { places.resolve($0, peer: folder) },
        environment: environment, note: try text(entry, "note"))
    }
    var alternatives: [Alternative] = []
    for entry in manifest["alternatives"]?.arrayValue ?? [] { alternatives.append(try alternative(entry)) }
    guard !alternatives.isEmpty else { throw InteropError("\(path): there are no \"alternatives\"") }
    self.alternatives = alternatives
    if let entry = manifest["reference"] {
      referenceAlternative = try alternative(entry)
    } else {
      referenceAlternative = nil
    }
  }

  /// What the words in braces of a manifest stand for.
  package struct Places: Sendable {
    /// Where `interop/setup` installs to.
    package let cache: String
    /// The program that runs.
    package let executable: String
    /// Where the variables that name a peer's program are looked up.
    let environment: [String: String]

    package init(cache: String, executable: String, environment: [String: String] = [:]) {
      self.cache = cache
      self.executable = executable
      self.environment = environment
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
  /// Its recorded connections are played in its place; why it is not live.
  case replay(reason: String)
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
  /// In what an adapter is told of the local checkout that it is to load.
  static let referenceVariable = "SYRPC_REFERENCE"

  /// The local checkout or interpreter that stands in for the release; nil for the release.
  package var reference: String?

  /// The command as a shell would take it.
  package var line: String { ([executable] + arguments).joined(separator: " ") }
}

extension PeerManifest {
  /// Finds the first alternative that can run here.
  ///
  /// - Parameters:
  ///   - reference: a local checkout that stands in for the release: a folder or file, or an interpreter.
  ///   - isRecorded: whether there are recordings that can stand in for it.
  /// - Returns: how to start it, or why that is not possible.
  /// - Throws: ``InteropError`` if the reference does not exist, or cannot be run.
  package func availability(reference: String?, isRecorded: Bool = false) throws(InteropError) -> PeerAvailability {
    let installed = alternatives.first { $0.needs.map(Files.exists) ?? true }
    guard let reference else {
      if let installed { return .live(command(installed)) }
      return isRecorded ? .replay(reason: reasonItIsMissing) : .missing(reason: reasonItIsMissing)
    }
    guard Files.exists(reference) else {
      throw InteropError("--reference \(name)=\(reference): there is no such path")
    }
    // An interpreter brings its packages, so it needs nothing that is installed here.
    let isInterpreter = takesInterpreter && !Files.isFolder(reference)
    guard let alternative = isInterpreter ? installed ?? alternatives.first : referenceAlternative ?? installed else {
      throw InteropError(
        "--reference \(name)=\(reference): what it needs besides is not installed: \(reasonItIsMissing)")
    }
    return .live(command(alternative, reference: reference, isInterpreter: isInterpreter))
  }

  private func command(
    _ alternative: Alternative, reference: String? = nil, isInterpreter: Bool = false
  ) -> PeerCommand {
    var words = alternative.command
    var environment = Dictionary(alternative.environment.map { ($0.name, $0.value) }) { _, last in last }
    if let reference {
      if isInterpreter { words[0] = reference } else { environment[PeerCommand.referenceVariable] = reference }
    }
    // A relative command is looked for in the peer's folder, a bare name on the PATH.
    let executable = words[0].contains("/") && !words[0].hasPrefix("/") ? folder / words[0] : words[0]
    return PeerCommand(
      executable: executable, arguments: Array(words.dropFirst()), environment: environment, folder: folder,
      note: alternative.note, reference: reference)
  }

  private var reasonItIsMissing: String {
    let reason = missing.flatMap { try? Files.read($0) }.map { String(decoding: $0, as: UTF8.self) }
    return reason?.trimmed ?? "not installed; interop/setup installs it"
  }
}

extension String {
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// What stands between white space.
  var words: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
