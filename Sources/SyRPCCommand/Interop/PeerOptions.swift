import ArgumentParser
import Foundation
import Interop

/// Where the peers are.
struct PeerOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A local checkout (or an interpreter) in place of a peer's release; also SYRPC_NAME_REFERENCE.",
      valueName: "peer=path"))
  var reference: [String] = []

  @Option(name: .long, help: ArgumentHelp("Fail if this peer is not live.", valueName: "peer"))
  var require: [String] = []

  @OptionGroup var checkoutOption: CheckoutOption

  static var executable: String {
    Bundle.main.executablePath ?? CommandLine.arguments[0]
  }

  /// - Parameters:
  ///   - checkout: where they are.
  ///   - canReplay: whether recordings can stand in for peers that are not live.
  /// - Returns: the peers.
  /// - Throws: `InteropError`, `ValidationError`.
  func catalog(_ checkout: Checkout, canReplay: Bool = true) throws -> PeerCatalog {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["SYRPC_PEER_CACHE"] ?? "\(checkout.folder)/build/peers"
    return try PeerCatalog(
      folder: checkout.peers,
      places: .init(cache: absolute(cache), executable: Self.executable, environment: environment),
      references: try references(environment), transcripts: canReplay ? checkout.transcripts : nil)
  }

  private func references(_ environment: [String: String]) throws -> [String: String] {
    var references: [String: String] = [:]
    for (variable, path) in environment where variable.hasPrefix("SYRPC_") && variable.hasSuffix("_REFERENCE") {
      let name = variable.dropFirst("SYRPC_".count).dropLast("_REFERENCE".count)
      if !name.isEmpty, !path.isEmpty { references[name.lowercased()] = absolute(path) }
    }
    for option in reference {
      let parts = option.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--reference \(option) is not peer=path") }
      references[String(parts[0])] = absolute(String(parts[1]))
    }
    return references
  }

  private func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }
}

/// Where the fixtures and the peers are.
struct CheckoutOption: ParsableArguments {
  @Option(name: .long, help: "The checkout; by default the one that holds the current folder.")
  var checkout: String?

  /// - Throws: `InteropError`.
  func find() throws -> Checkout {
    try checkout.map { try Checkout(folder: $0) } ?? Checkout.find(executable: PeerOptions.executable)
  }
}
