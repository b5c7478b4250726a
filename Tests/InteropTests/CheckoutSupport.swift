import Foundation
import InteropModel
import InteropSupport

/// The checkout that holds this file.
let checkoutFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

func checkout() throws -> Checkout { try Checkout(folder: checkoutFolder) }

/// A folder that looks like one in which `interop/install` has put a program.
func withInstallation(_ body: (_ prefix: String) async throws -> Void) async throws {
  try await withTemporaryFolder { prefix in
    for name in ["bin/syrpc", "share/syrpc/installed", "share/syrpc/fixtures/payloads/index.json"] {
      try Files.write([], to: prefix / name)
    }
    try await body(prefix)
  }
}

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
