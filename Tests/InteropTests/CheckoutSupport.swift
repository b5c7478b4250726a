import Foundation
import Interop

/// The checkout that holds this file.
let checkoutFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

func checkout() throws -> Checkout { try Checkout(folder: checkoutFolder) }
