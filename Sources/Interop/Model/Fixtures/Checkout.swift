internal import Foundation
package import InteropSupport

/// Where the fixtures and the peers are: a checkout, or what `interop/install` has put in place of one.
package struct Checkout: Sendable {
  package let folder: String
  /// Whether it is what `interop/install` put there: nothing is built in it, and nothing written to it.
  package let isInstalled: Bool

  package var payloads: String { folder / "fixtures/payloads" }
  package var messages: String { folder / "fixtures/messages" }
  package var transcripts: String { folder / "fixtures/transcripts" }
  package var vectors: String { folder / "fixtures/vectors" }
  package var contract: String { folder / "fixtures/contract.json" }
  /// The contract that was in force at an earlier version.
  package func contract(version: Int) -> String { folder / "fixtures/contracts/\(version).json" }
  package var proposals: String { folder / "interop/proposals" }
  package var divergences: String { folder / "fixtures/divergences.json" }
  package var tested: String { folder / "fixtures/tested.json" }
  package var coverage: String { folder / "fixtures/coverage.json" }
  package var setup: String { folder / "interop/setup" }
  package var peers: String { folder / "interop/peers" }
  package var readme: String { folder / "README.rst" }
  /// What people read who run the matrix.
  package var manual: String { folder / "interop/README.rst" }

  /// The folder for reports if none is named. An installation is everybody's: there it is in the current folder.
  package var defaultOutput: String {
    isInstalled ? FileManager.default.currentDirectoryPath / "syrpc-report" : folder / "build/interop"
  }

  /// The folder for the peers' packages if `SYRPC_PEER_CACHE` names none; that of an installation is the user's own.
  ///
  /// - Parameter environment: the variables of the process. `interop/setup` goes by the same ones.
  /// - Returns: its path.
  package func defaultPeerCache(_ environment: [String: String]) -> String {
    guard isInstalled else { return folder / "build/peers" }
    let named = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return (named ?? (environment["HOME"] ?? NSHomeDirectory()) / ".cache") / "syrpc/peers"
  }

  /// A checkout at a path.
  ///
  /// - Throws: ``InteropError`` if there is none.
  package init(folder: String) throws(InteropError) {
    guard Files.exists(folder / "fixtures/payloads/index.json") else {
      throw InteropError("\(folder) is no checkout of syrpc-swift: it has no fixtures/payloads/index.json")
    }
    self.folder = URL(filePath: folder).standardizedFileURL.path
    isInstalled = Files.exists(folder / Self.installationMark)
  }

  /// Puts a copy of the fixtures into a folder, which is a checkout then as far as these go.
  ///
  /// - Parameter target: the folder; it may hold a copy that was made before, which stays as it is.
  /// - Returns: the checkout there.
  /// - Throws: ``InteropError`` if it cannot be written, or holds this checkout itself.
  package func copyOfFixtures(in target: String) throws(InteropError) -> Checkout {
    let target = URL(filePath: target).standardizedFileURL.path
    guard target != folder else { throw InteropError("\(target) is the checkout itself") }
    if !Files.exists(target / "fixtures") {
      try Files.createFolder(target)
      do { try FileManager.default.copyItem(atPath: folder / "fixtures", toPath: target / "fixtures") } catch {
        throw InteropError("\(target / "fixtures") cannot be written: \(error)")
      }
    }
    return try Checkout(folder: target)
  }

  /// The file in which `interop/install` lists what it has put in place.
  private static let installationMark = "installed"

  /// The checkout that holds the current folder, or the running program; otherwise what is installed with the program.
  ///
  /// - Parameters:
  ///   - executable: the path of the running program.
  ///   - currentFolder: the path of the current folder.
  /// - Returns: the first that is there.
  /// - Throws: ``InteropError`` if there is none.
  package static func find(
    executable: String, currentFolder: String = FileManager.default.currentDirectoryPath
  ) throws(InteropError) -> Checkout {
    let executable = URL(filePath: executable).resolvingSymlinksInPath().path
    for start in [currentFolder, executable] {
      var url = URL(filePath: start).standardizedFileURL
      while url.path != "/" {
        if let checkout = try? Checkout(folder: url.path) { return checkout }
        url.deleteLastPathComponent()
      }
    }
    let prefix = URL(filePath: executable).deletingLastPathComponent().deletingLastPathComponent().path
    if let installed = try? Checkout(folder: prefix / "share/syrpc") { return installed }
    throw InteropError(
      """
      neither the current folder nor \(executable) is in a checkout of syrpc-swift, and there is no \(prefix)/share/syrpc: \
      name a checkout with --checkout
      """)
  }
}
