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
      "A local checkout (or an interpreter) in place of a peer's release; also SYRPC_NAME_REFERENCE.",
      valueName: "peer=path"))
  var reference: [String] = []

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
    return try PeerCatalog(
      folder: checkout.peers, places: places, references: try references(environment),
      interpreters: try await PeerCatalog.ask(try interpreters(), folder: checkout.peers, places: places),
      transcripts: canReplay ? checkout.transcripts : nil)
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

  private func references(_ environment: [String: String]) throws -> [String: String] {
    var references: [String: String] = [:]
    for (variable, path) in environment where variable.hasPrefix("SYRPC_") && variable.hasSuffix("_REFERENCE") {
      let name = variable.dropFirst("SYRPC_".count).dropLast("_REFERENCE".count)
      if !name.isEmpty, !path.isEmpty { references[name.lowercased()] = Self.absolute(path) }
    }
    for option in reference {
      let parts = option.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--reference \(option) is not peer=path") }
      references[String(parts[0])] = Self.absolute(String(parts[1]))
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
