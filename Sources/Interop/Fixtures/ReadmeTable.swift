internal import InteropModel
internal import InteropSupport

/// A table in README.rst that a command writes.
struct ReadmeTable {
  /// The command, such as `syrpc fixtures rebuild`.
  let command: String
  /// The table, of reStructuredText.
  let text: String

  private static let begin = ".. The table is written by ``"
  private static let end = "\n.. End of the table.\n"

  /// The README with the table as it must be.
  ///
  /// - Throws: ``InteropError`` if it has no place for it.
  func inserted(in readme: String) throws(InteropError) -> String {
    guard let begin = readme.firstRange(of: "\(Self.begin)\(command)``.\n\n"),
      let end = readme[begin.upperBound...].firstRange(of: Self.end),
      // Not that of the next table.
      !readme[begin.upperBound..<end.lowerBound].contains(Self.begin)
    else { throw InteropError("README.rst has no place for the table that \(command) writes") }
    return readme[..<begin.upperBound] + text + readme[end.lowerBound...]
  }

  /// What is wrong with the README; nil if nothing is.
  ///
  /// - Throws: ``InteropError`` if it cannot be read, or has no place for it.
  func problem(_ checkout: Checkout) throws(InteropError) -> String? {
    let readme = String(decoding: try Files.read(checkout.readme), as: UTF8.self)
    guard try inserted(in: readme) != readme else { return nil }
    return "a table in README.rst is not up to date: \(command) writes it"
  }

  /// Writes it into the README.
  ///
  /// - Throws: ``InteropError``.
  func write(_ checkout: Checkout) throws(InteropError) {
    let readme = String(decoding: try Files.read(checkout.readme), as: UTF8.self)
    let text = try inserted(in: readme)
    if text != readme { try Files.write(Array(text.utf8), to: checkout.readme) }
  }
}
