package import InteropSupport
package import SyRPCWire

/// What is sent as `data`, as JSON text: every language reads and prints it in its own way.
package struct Payload: Hashable, Sendable {
  package let name: String
  /// What it is a trap for, in a sentence.
  package let about: String
  package let text: String
  /// What the text holds.
  package let value: JSON
  /// Whether it gets through all combinations of the four implementations, unchanged as a value.
  package let isPortable: Bool
}

/// The payloads under `fixtures/payloads`.
package struct Corpus: Sendable {
  package let payloads: [Payload]
  /// The files in the folder that it is made of.
  package let files: [String]

  /// Reads `index.json` in `folder`, and the files that it names.
  ///
  /// - Throws: ``InteropError`` that names the file and the entry.
  package init(folder: String) throws(InteropError) {
    let index = folder / "index.json"
    let file = try StrictObject(of: index, try Files.read(index), keys: ["payloads"])
    let keys = ["name", "about", "portable", "file", "repeat"]
    guard let entries = try file.objects("payloads", "entry", keys: keys), !entries.isEmpty else {
      throw InteropError("\(index): no array \"payloads\" with entries")
    }
    var payloads: [Payload] = []
    for entry in entries {
      let name = try entry.needed("name", entry.text)
      let about = try entry.needed("about", entry.text)
      guard !payloads.contains(where: { $0.name == name }) else {
        throw InteropError("\(index): \"\(name)\" stands twice")
      }
      let text = try Self.text(of: entry, name, folder, index)
      let isPortable = try entry.needed("portable", entry.flag)
      let value: JSON
      do { value = try JSON(exactly: text.utf8) } catch {
        throw InteropError("the payload \(name) is not JSON: \(error)")
      }
      payloads.append(Payload(name: name, about: about, text: text, value: value, isPortable: isPortable))
    }
    self.payloads = payloads
    files = ["index.json", "README.rst"] + entries.compactMap { $0.members["file"]?.stringValue }
  }

  private static func text(
    of entry: StrictObject, _ name: String, _ folder: String, _ index: String
  ) throws(InteropError) -> String {
    let rule = try entry.object("repeat", keys: ["before", "unit", "count", "after"])
    if rule == nil, let file = try entry.text("file") {
      var bytes = try Files.read(folder / file)
      // Every text file ends in a line feed; it is not part of the payload.
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InteropError("\(folder / file) is not UTF-8")
      }
      return text
    }
    guard let rule, entry.members["file"] == nil, let before = try rule.text("before"),
      let unit = try rule.text("unit"), let count = try rule.integer("count"), let after = try rule.text("after"),
      count >= 0
    else {
      throw InteropError(
        "\(index): \"\(name)\" has to have either a \"file\" or a \"repeat\" with before, unit, count, after")
    }
    return before + String(repeating: unit, count: count) + after
  }

  package subscript(name: String) -> Payload? { payloads.first { $0.name == name } }
}
