internal import Foundation
package import InteropSupport

/// Where the fixtures and the peers are.
package struct Checkout: Sendable {
  package let folder: String

  package var payloads: String { folder / "fixtures/payloads" }
  package var messages: String { folder / "fixtures/messages" }
  package var transcripts: String { folder / "fixtures/transcripts" }
  package var vectors: String { folder / "fixtures/vectors" }
  package var contract: String { folder / "fixtures/contract.json" }
  package var divergences: String { folder / "fixtures/divergences.json" }
  package var tested: String { folder / "fixtures/tested.json" }
  package var peers: String { folder / "interop/peers" }
  package var readme: String { folder / "README.rst" }
  package var defaultOutput: String { folder / "build/interop" }

  /// A checkout at a path.
  ///
  /// - Throws: ``InteropError`` if there is none.
  package init(folder: String) throws(InteropError) {
    guard Files.exists(folder / "fixtures/payloads/index.json") else {
      throw InteropError("\(folder) is no checkout of syrpc-swift: it has no fixtures/payloads/index.json")
    }
    self.folder = URL(filePath: folder).standardizedFileURL.path
  }

  /// The checkout that holds the current folder, or the running program.
  ///
  /// - Throws: ``InteropError`` if neither is in one.
  package static func find(executable: String) throws(InteropError) -> Checkout {
    for start in [FileManager.default.currentDirectoryPath, executable] {
      var url = URL(filePath: start).standardizedFileURL
      while url.path != "/" {
        if let checkout = try? Checkout(folder: url.path) { return checkout }
        url.deleteLastPathComponent()
      }
    }
    throw InteropError(
      "neither the current folder nor \(executable) is in a checkout of syrpc-swift: name it with --checkout")
  }
}
