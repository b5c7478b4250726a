internal import InteropModel
internal import InteropSupport

/// A table in a README.rst that a command writes.
struct ReadmeTable {
  /// The command, such as `syrpc fixtures rebuild`.
  let command: String
  /// The table, of reStructuredText.
  let text: String
  /// The file, below the checkout's folder.
  var file = "README.rst"

  private static let begin = ".. The table is written by ``"
  private static let end = "\n.. End of the table.\n"

  /// A simple table of reStructuredText.
  ///
  /// - Parameter rows: the cells of each line, the head first.
  /// - Returns: the table.
  static func simple(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
      return String(padded.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
    let rule = line(widths.map { String(repeating: "=", count: $0) })
    return rule + line(rows[0]) + rule + rows.dropFirst().map(line).joined() + rule
  }

  /// The README with the table as it must be.
  ///
  /// - Throws: ``InteropError`` if it has no place for it.
  func inserted(in readme: String) throws(InteropError) -> String {
    guard let begin = readme.firstRange(of: "\(Self.begin)\(command)``.\n\n"),
      let end = readme[begin.upperBound...].firstRange(of: Self.end),
      // Not that of the next table.
      !readme[begin.upperBound..<end.lowerBound].contains(Self.begin)
    else { throw InteropError("\(file) has no place for the table that \(command) writes") }
    return readme[..<begin.upperBound] + text + readme[end.lowerBound...]
  }

  /// What is wrong with the README; nil if nothing is.
  ///
  /// - Throws: ``InteropError`` if it cannot be read, or has no place for it.
  func problem(_ checkout: Checkout) throws(InteropError) -> String? {
    let readme = String(decoding: try Files.read(checkout.folder / file), as: UTF8.self)
    guard try inserted(in: readme) != readme else { return nil }
    return "a table in \(file) is not up to date: \(command) writes it"
  }

  /// Writes it into the README.
  ///
  /// - Throws: ``InteropError``.
  func write(_ checkout: Checkout) throws(InteropError) {
    let path = checkout.folder / file
    let readme = String(decoding: try Files.read(path), as: UTF8.self)
    let text = try inserted(in: readme)
    if text != readme { try Files.write(Array(text.utf8), to: path) }
  }
}
