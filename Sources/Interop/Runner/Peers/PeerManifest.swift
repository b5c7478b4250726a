internal import InteropModel
package import InteropSupport
internal import SyRPCWire

/// A peer's folder, as its `peer.json` describes it (`interop/peers/README.rst`).
package struct PeerManifest: Sendable {
  package struct Alternative: Sendable {
    let needs: String?
    let command: [String]
    /// What is changed in the environment of the harness: nil removes a variable.
    let environment: [String: String?]
    package let note: String?
  }

  /// That of its folder; on an interpreter that was named, with that one's version.
  package private(set) var name: String
  package let about: String
  /// Whether it takes part in the matrix without being asked for.
  package let isDefault: Bool
  let takesInterpreter: Bool
  let alternatives: [Alternative]
  /// How a local checkout is run, whether or not a release is installed; nil if the alternatives say.
  let referenceAlternative: Alternative?
  let missing: String?
  let folder: String
  /// How the peer is run on interpreters that are named; nil if it is not.
  let interpreters: Interpreters?
  /// The interpreter that was named for it; nil for the one that is found.
  package let interpreter: NamedInterpreter?
  /// What is changed in the environment however it is run.
  private let environment: [String: String?]
  /// What its interpreter is started with.
  private let programArguments: [String]
  /// The variable that names its program, if that is set and has a say.
  private let programVariables: [String: String]

  struct Interpreters {
    /// What makes an interpreter print its version.
    let version: [String]
    /// How many parts of the version a name has as a rule.
    let parts: Int
  }

  /// Reads `folder/peer.json`.
  ///
  /// - Parameters:
  ///   - folder: the peer's folder.
  ///   - places: what `{cache}`, `{peer}` and `{executable}` stand for.
  ///   - named: the interpreter that it is to run on, and what it is called then; nil for the one that is found.
  /// - Throws: ``InteropError`` that names the file and the key.
  init(
    folder: String, places: Places, on named: (name: String, interpreter: NamedInterpreter)? = nil
  ) throws(InteropError) {
    try self.init(bytes: try Files.read(folder / "peer.json"), folder: folder, places: places, on: named)
  }

  /// Reads the text of a `peer.json` that stands in a folder.
  ///
  /// - Parameters:
  ///   - bytes: the file's.
  ///   - folder: the peer's folder.
  ///   - places: what `{cache}`, `{peer}` and `{executable}` stand for.
  ///   - named: the interpreter that it is to run on, and what it is called then; nil for the one that is found.
  /// - Throws: ``InteropError`` that names the file and the key.
  package init(
    bytes: [UInt8], folder: String, places: Places, on named: (name: String, interpreter: NamedInterpreter)? = nil
  ) throws(InteropError) {
    let path = folder / "peer.json"
    let strict = try StrictObject(of: path, bytes, keys: Keys.manifest)
    try Keys.check(strict)
    let manifest = JSON.object(strict.members)
    func text(_ json: JSON, _ key: String) throws(InteropError) -> String? {
      guard let value = json[key] else { return nil }
      guard let text = value.stringValue else {
        throw InteropError("\(path): \"\(key)\" is \(value.kind), not a string")
      }
      return resolve(text)
    }
    func resolve(_ text: String) -> String {
      let text = places.resolve(text, peer: folder)
      guard let interpreter = named?.interpreter else { return text }
      return text.replacing("{version}", with: interpreter.version.description)
        .replacing("{program}", with: interpreter.path)
    }
    func words(_ json: JSON?) -> [String]? {
      let elements = json?.arrayValue ?? []
      let words = elements.compactMap(\.stringValue)
      return words.isEmpty || words.count < elements.count ? nil : words
    }
    // By scalars: a slash with a combining mark is another character, and the same byte.
    guard let name = try text(manifest, "name"), !name.isEmpty,
      !name.unicodeScalars.contains(where: { "-/* ?@".unicodeScalars.contains($0) })
    else {
      throw InteropError("\(path): \"name\" is missing, or has a character that a peer's name cannot have (-/* ?@)")
    }
    self.name = named?.name ?? name
    interpreter = named?.interpreter
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
    func variables(_ json: JSON) throws(InteropError) -> [String: String?] {
      guard let members = (json["environment"] ?? .object([:])).objectValue else {
        throw InteropError("\(path): \"environment\" is \(json["environment"]?.kind ?? "nothing"), not an object")
      }
      var variables: [String: String?] = [:]
      // What removes many first: what is set stays so.
      for (name, value) in members where name.hasSuffix("*") {
        guard value == .null else { throw InteropError("\(path): \"\(name)\" of \"environment\" can only be null") }
        for variable in places.environment.keys where Glob(name).matches(variable) {
          variables.updateValue(nil, forKey: variable)
        }
      }
      for (name, value) in members where !name.hasSuffix("*") {
        variables.updateValue(value == .null ? nil : try text(.object(members), name), forKey: name)
      }
      return variables
    }
    environment = try variables(manifest)

    var program: [String]?
    var programVariables: [String: String] = [:]
    if let entry = manifest["program"] {
      guard let variable = try text(entry, "variable"), let fallback = try text(entry, "default"),
        !fallback.isEmpty
      else {
        throw InteropError("\(path): \"program\" has no \"variable\" or no \"default\"")
      }
      let asked = places.environment[variable]?.words ?? []
      program = asked.isEmpty ? [fallback] : asked
      if !asked.isEmpty, named == nil { programVariables[variable] = places.environment[variable] }
    }
    if let interpreter = named?.interpreter { program = [interpreter.path] }
    self.programVariables = programVariables
    let arguments = manifest["program"]?["arguments"]
    programArguments = words(arguments) ?? []
    guard arguments == nil || !programArguments.isEmpty else {
      throw InteropError("\(path): \"arguments\" of \"program\" is no array of strings")
    }
    let started = program.map { [programArguments] in $0 + programArguments }

    let on = manifest["interpreters"]
    if let on {
      guard let version = words(on["version"]), let parts = on["parts"]?.integerValue, parts > 0 else {
        throw InteropError("\(path): \"interpreters\" has no \"version\" of strings, or no number of \"parts\" above 0")
      }
      interpreters = Interpreters(version: version, parts: Int(parts))
    } else {
      interpreters = nil
    }
    missing = try text(named == nil ? manifest : on ?? .null, "missing")

    func alternative(_ entry: JSON) throws(InteropError) -> Alternative {
      guard let command = words(entry["command"]), let first = command.first, !first.isEmpty else {
        throw InteropError("\(path): an alternative has no \"command\" of strings")
      }
      if first == "{program}", started == nil {
        throw InteropError("\(path): a command begins with {program}, and there is no \"program\"")
      }
      let rest = command.dropFirst().map(resolve)
      return Alternative(
        needs: try text(entry, "needs"), command: (first == "{program}" ? started ?? [] : [resolve(first)]) + rest,
        environment: try variables(entry), note: try text(entry, "note"))
    }
    var alternatives: [Alternative] = []
    for entry in (named.flatMap { _ in on?["alternatives"] } ?? manifest["alternatives"])?.arrayValue ?? [] {
      alternatives.append(try alternative(entry))
    }
    guard !alternatives.isEmpty else { throw InteropError("\(path): there are no \"alternatives\"") }
    self.alternatives = alternatives
    if let entry = manifest["reference"] {
      referenceAlternative = try alternative(entry)
    } else {
      referenceAlternative = nil
    }
  }

  /// The same peer in another version, which stands beside it.
  func named(_ name: String) -> PeerManifest {
    var manifest = self
    manifest.name = name
    return manifest
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
    if isInterpreter, let interpreter {
      throw InteropError(
        "--reference \(name)=\(reference): that is an interpreter, and \(name) is to run on \(interpreter.path)")
    }
    guard let alternative = isInterpreter ? installed ?? alternatives.first : referenceAlternative ?? installed else {
      throw InteropError(
        "--reference \(name)=\(reference): what it needs besides is not installed: \(reasonItIsMissing)")
    }
    return .live(command(alternative, reference: reference, isInterpreter: isInterpreter))
  }

  func command(
    _ alternative: Alternative, reference: String? = nil, isInterpreter: Bool = false
  ) -> PeerCommand {
    var words = alternative.command
    var environment = environment.merging(alternative.environment) { _, own in own }
    if let reference {
      if isInterpreter { words[0] = reference } else { environment[PeerCommand.referenceVariable] = reference }
    }
    // A relative command is looked for in the peer's folder, a bare name on the PATH.
    return PeerCommand(
      executable: executable(words[0]), arguments: Array(words.dropFirst()), environment: environment, folder: folder,
      note: alternative.note, reference: reference, interpreter: interpreter?.path, variables: programVariables)
  }

  private func executable(_ word: String) -> String {
    word.contains("/") && !word.hasPrefix("/") ? folder / word : word
  }

  /// What makes an interpreter print its version; nil if the peer is not run on interpreters that are named.
  func versionQuestion(to interpreter: String) -> PeerCommand? {
    interpreters.map { interpreters in
      PeerCommand(
        executable: executable(interpreter), arguments: programArguments + interpreters.version,
        environment: environment, folder: folder, note: nil)
    }
  }

  private var reasonItIsMissing: String {
    let reason = missing.flatMap { try? Files.read($0) }.map { String(decoding: $0, as: UTF8.self) }
    let option = interpreter.map { " --interpreter \(PeerName.base(of: name))=\($0.path)" } ?? ""
    return reason?.trimmed ?? "not installed; interop/setup\(option) installs it"
  }
}
