import Foundation
import InteropModel
import InteropSupport
import Testing

/// Where a program finds fixtures and peers.
@Suite struct CheckoutTests {
  @Test func theCheckoutOfTheCurrentFolderComesFirst() async throws {
    try await withInstallation { prefix in
      let found = try Checkout.find(executable: prefix / "bin/syrpc", currentFolder: checkoutFolder / "Tests")
      #expect(found.folder == checkoutFolder)
      #expect(!found.isInstalled)
      #expect(found.defaultOutput == checkoutFolder / "build/interop")
      #expect(found.defaultPeerCache(["HOME": "/home/x"]) == checkoutFolder / "build/peers")
    }
  }

  @Test func aBuiltProgramFindsItsCheckout() throws {
    #expect(
      try Checkout.find(executable: checkoutFolder / ".build/debug/syrpc", currentFolder: "/").folder == checkoutFolder)
  }

  @Test func anInstalledProgramFindsWhatIsInstalledWithIt() async throws {
    try await withInstallation { prefix in
      let link = prefix / "link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: prefix / "bin/syrpc")
      for executable in [prefix / "bin/syrpc", link] {
        let found = try Checkout.find(executable: executable, currentFolder: "/")
        #expect(found.folder == URL(filePath: prefix / "share/syrpc").resolvingSymlinksInPath().path)
        #expect(found.isInstalled)
      }
    }
  }

  @Test func anInstallationIsWrittenToByNobody() async throws {
    try await withInstallation { prefix in
      let installed = try Checkout(folder: prefix / "share/syrpc")
      #expect(installed.defaultOutput == FileManager.default.currentDirectoryPath / "syrpc-report")
      #expect(installed.defaultPeerCache(["HOME": "/home/x"]) == "/home/x/.cache/syrpc/peers")
      #expect(installed.defaultPeerCache(["HOME": "/home/x", "XDG_CACHE_HOME": ""]) == "/home/x/.cache/syrpc/peers")
      #expect(installed.defaultPeerCache(["HOME": "/home/x", "XDG_CACHE_HOME": "/c"]) == "/c/syrpc/peers")
    }
  }

  @Test func whereThereIsNoneItIsSaid() async throws {
    try await withTemporaryFolder { folder in
      let error = #expect(throws: InteropError.self) {
        try Checkout.find(executable: folder / "bin/syrpc", currentFolder: "/")
      }
      #expect(
        error?.message.contains("there is no \(URL(filePath: folder).resolvingSymlinksInPath().path)/share/syrpc")
          == true)
    }
  }
}
