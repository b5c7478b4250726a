import Foundation
import InteropModel
import InteropSupport

/// The checkout that holds this file.
let checkoutFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

func checkout() throws -> Checkout { try Checkout(folder: checkoutFolder) }

/// A copy of what `syrpc fixtures verify` reads.
func withCopyOfFixtures(_ body: (Checkout) throws -> Void) async throws {
  try await withTemporaryFolder { folder in
    try Files.createFolder(folder / "interop")
    for name in ["fixtures", "interop/peers", "README.rst"] {
      try FileManager.default.copyItem(atPath: checkoutFolder / name, toPath: folder / name)
    }
    try body(try Checkout(folder: folder))
  }
}
