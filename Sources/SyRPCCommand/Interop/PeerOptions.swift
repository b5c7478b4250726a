import ArgumentParser
import Foundation
import InteropModel
import InteropRunner
import InteropSupport

/// Where the peers are.
struct PeerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A local checkout (or an interpreter) in place of a peer's release; also SYRPC_NAME_REFERENCE. With a version, as in "
        + "node@next=../syrpc-js, beside the release; swift@0.1.0=TAG builds this checkout at that tag.",
      valueName: "peer=path"))
  var reference: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The proposal, contract or version of the contract that a peer claims to keep to; otherwise the one in force.",
      valueName: "peer=file"))
  var contract: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Run python on this interpreter, as a peer of its own: python@3.13. May be repeated. Likewise --node, --php.",
      valueName: "path"))
  var python: [String] = []
  @Option(name: .long, help: ArgumentHelp(visibility: .hidden)) var node: [String] = []
  @Option(name: .long, help: ArgumentHelp(visibility: .hidden)) var php: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The same for any peer whose manifest allows for it.", valueName: "peer=path"))
  var interpreter: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("Fail if this peer is not live; all: if any of the default peers is not.", valueName: "peer"))
  var require: [String] = []

  /// What `--require` takes for all peers that take part when none is named.
  static let allPeers = "all"

  @OptionGroup var checkoutOption: CheckoutOption

  static var executable: String {
    Bundle.main.executablePath ?? CommandLine.arguments[0]
  }

  /// - Parameters:
  ///   - checkout: where they are.
  ///   - canReplay: whether recordings can stand in for peers that are not live.
  /// - Returns: the peers. The interpreters that are named have been asked for their versions.
  /// - Throws: `InteropError`, `ValidationError`, `CancellationError`.
  func catalog(_ checkout: Checkout, canReplay: Bool = true) async throws -> PeerCatalog {
    let environment = ProcessInfo.processInfo.environment
    let cache = Self.cache(environment) ?? checkout.defaultPeerCache(environment)
    let places = PeerManifest.Places(cache: cache, executable: Self.executable, environment: environment)
    var references = try references(environment)
    var builds: [String: TaggedBuild] = [:]
    for (name, tag) in references where Self.isTagged(name, tag.value) {
      references[name] = nil
      builds[name] = try await TaggedBuild.make(tag.value, as: name, of: checkout, cache: cache) { printError($0) }
    }
    return try PeerCatalog(
      folder: checkout.peers, places: places, references: references.mapValues(\.path),
      interpreters: try await PeerCatalog.ask(try interpreters(), folder: checkout.peers, places: places),
      builds: builds, transcripts: canReplay ? checkout.transcripts : nil)
  }

  /// What stands in for a release, as it was given and as a path.
  private struct Reference {
    let value: String
    var path: String { PeerOptions.absolute(value) }
  }

  /// Only this checkout's own peer can be built from a tag.
  private static func isTagged(_ name: String, _ value: String) -> Bool {
    PeerName.base(of: name) == Combination.stand && PeerName.base(of: name) != name && !Files.exists(value)
  }

  /// What peers claim to keep to, by their names.
  ///
  /// - Throws: `InteropError`, `ValidationError`.
  func claims(_ base: Contract, in checkout: Checkout) throws -> [String: Claim] {
    var claims: [String: Claim] = [:]
    for option in contract {
      let parts = option.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--contract \(option) is not peer=file, nor peer=version") }
      guard claims[String(parts[0])] == nil else { throw ValidationError("--contract \(parts[0]) is given twice") }
      claims[String(parts[0])] = try Claim(Self.place(String(parts[1])), base: base, in: checkout)
    }
    return claims
  }

  /// A version as it is, and a path from everywhere.
  private static func place(_ contract: String) -> String { Int(contract) == nil ? absolute(contract) : contract }

  /// `--contract` for a command that is given in another folder.
  static func repeatable(contract option: String) -> String {
    let parts = option.split(separator: "=", maxSplits: 1)
    return parts.count == 2 ? "\(parts[0])=\(place(String(parts[1])))" : option
  }

  /// The interpreters that are named, with the names of the peers that are to run on them.
  private func interpreters() throws -> [(peer: String, path: String)] {
    let named = [("python", python), ("node", node), ("php", php)].flatMap { peer, paths in
      paths.map { (peer: peer, path: $0) }
    }
    let others = try interpreter.map { option in
      let parts = option.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--interpreter \(option) is not peer=path") }
      return (peer: String(parts[0]), path: String(parts[1]))
    }
    // A name without a slash is looked up in PATH.
    return (named + others).map { ($0.peer, $0.path.contains("/") ? Self.absolute($0.path) : $0.path) }
  }

  private func references(_ environment: [String: String]) throws -> [String: Reference] {
    var references: [String: Reference] = [:]
    for (variable, path) in environment where variable.hasPrefix("SYRPC_") && variable.hasSuffix("_REFERENCE") {
      let name = variable.dropFirst("SYRPC_".count).dropLast("_REFERENCE".count)
      if !name.isEmpty, !path.isEmpty { references[name.lowercased()] = Reference(value: path) }
    }
    for option in reference {
      let parts = option.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--reference \(option) is not peer=path") }
      references[String(parts[0])] = Reference(value: String(parts[1]))
    }
    return references
  }

  /// What repeats a cell of a run of this program that was told no more than where its peers are.
  static func repetition(_ checkout: Checkout) -> Repetition {
    var repetition = Repetition()
    repetition.program = Repetition.program(
      checkout, executable: executable, currentFolder: FileManager.default.currentDirectoryPath)
    repetition.peerCache = cache(ProcessInfo.processInfo.environment)
    return repetition
  }

  /// Where the peers' packages are, if the environment says so.
  private static func cache(_ environment: [String: String]) -> String? {
    environment["SYRPC_PEER_CACHE"].map(absolute)
  }

  private static func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}

/// Where the fixtures and the peers are.
struct CheckoutOption: ParsableArguments {
  @Option(
    name: .long,
    help: "The checkout; by default the one that holds the current folder, or what is installed with syrpc.")
  var checkout: String?

  /// - Throws: `InteropError`.
  func find() throws -> Checkout {
    try checkout.map { try Checkout(folder: $0) } ?? Checkout.find(executable: PeerOptions.executable)
  }

  /// - Returns: a checkout in which fixtures are to be changed.
  /// - Throws: `InteropError`, also if it is an installation.
  func findForWriting() throws -> Checkout {
    let found = try find()
    guard !found.isInstalled else {
      throw InteropError(
        "\(found.folder) is installed, and its fixtures stay as they are: name a checkout with --checkout")
    }
    return found
  }
}
