package import InteropModel
package import InteropSupport

extension Report.Run.Fixtures {
  /// Those of a checkout.
  ///
  /// - Parameters:
  ///   - checkout: which.
  ///   - files: lists of divergences besides the checkout's.
  /// - Throws: ``InteropError``.
  package init(of checkout: Checkout, divergences files: [String] = []) throws(InteropError) {
    func fingerprint(_ files: [String]) throws(InteropError) -> String {
      var bytes: [UInt8] = []
      for file in files {
        let text = try Files.read(file)
        bytes += Array("\(text.count) ".utf8) + text
      }
      return Fingerprint.of(bytes)
    }
    func all(_ folder: String) throws(InteropError) -> [String] {
      try Files.list(folder).sorted().map { folder / $0 }.filter { !Files.isFolder($0) }
    }
    self.init(
      contract: try fingerprint([checkout.contract]), divergences: try fingerprint([checkout.divergences] + files),
      payloads: try fingerprint(try all(checkout.payloads)), messages: try fingerprint(try all(checkout.messages)))
  }
}
