internal import InteropSupport
internal import SyRPCWire

extension PeerManifest {
  /// What a `peer.json` can have: a key that is not known is an error, since what it was to say would be ignored.
  enum Keys {
    static let manifest = [
      "name", "about", "default", "interpreter", "program", "environment", "interpreters", "alternatives", "reference",
      "missing",
    ]
    private static let program = ["variable", "default", "arguments"]
    private static let interpreters = ["version", "parts", "alternatives", "missing"]
    private static let alternative = ["needs", "command", "environment", "note"]

    /// Looks at the parts of a manifest.
    ///
    /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the nearest known key.
    static func check(_ manifest: StrictObject) throws(InteropError) {
      _ = try manifest.object("program", keys: program)
      _ = try manifest.object("reference", keys: alternative)
      _ = try manifest.objects("alternatives", "alternative", keys: alternative)
      let named = try manifest.object("interpreters", keys: interpreters)
      _ = try named?.objects("alternatives", "alternative", keys: alternative)
    }
  }
}
