package import InteropSupport

/// What a peer is called: as its folder, and where it is run on an interpreter that was named, with that one's version
/// behind an `@`: `python@3.13`.
package enum PeerName {
  private static let separator: Character = "@"

  /// The name of a peer on an interpreter.
  package static func of(_ base: String, _ version: Version) -> String { "\(base)\(separator)\(version)" }

  /// The name of its folder: `python` of `python@3.13`.
  package static func base(of name: String) -> String { String(name.prefix { $0 != separator }) }

  /// The version in its name, as many parts as there are; nil if it has none.
  package static func version(of name: String) -> Version? { Version(name.drop { $0 != separator }.dropFirst()) }

  /// What a pattern may match to mean it: the name with any number of the version's parts, or with none. `python@3.13` goes
  /// by `python@3` and by `python` too.
  package static func forms(of name: String) -> [String] {
    let base = base(of: name)
    guard let version = version(of: name) else { return [name] }
    return version.parts.indices.reversed().map { of(base, version.prefix($0 + 1)) } + [base]
  }

  /// Whether a pattern means it.
  package static func matches(_ pattern: Glob, _ name: String) -> Bool {
    forms(of: name).contains { pattern.matches($0) }
  }

  /// - Throws: ``InteropError`` if what stands behind the `@` of a name cannot be told from other parts of a cell's name.
  package static func checkVersion(of name: String) throws(InteropError) {
    let version = name.drop { $0 != separator }.dropFirst()
    guard !version.isEmpty, version.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._+".contains($0)) })
    else {
      throw InteropError("\(name): a version is of letters, digits, dots and underscores")
    }
  }

  /// The peers of a checkout: every folder with a `peer.json`.
  ///
  /// - Throws: ``InteropError`` if the folder cannot be read.
  package static func all(in folder: String) throws(InteropError) -> [String] {
    try Files.list(folder).filter { Files.exists(folder / $0 / "peer.json") }
  }
}
