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

  /// Reads `index.json` in `folder`, and the files that it names.
  ///
  /// - Throws: ``InteropError`` that names the file and the entry.
  package init(folder: String) throws(InteropError) {
    let index = folder / "index.json"
    guard let entries = try Files.readJSON(index)["payloads"]?.arrayValue, !entries.isEmpty else {
      throw InteropError("\(index): no array \"payloads\" with entries")
    }
    var payloads: [Payload] = []
    for (number, entry) in entries.enumerated() {
      guard let name = entry["name"]?.stringValue, let about = entry["about"]?.stringValue else {
        throw InteropError("\(index): entry \(number) has no \"name\" or no \"about\"")
      }
      guard !payloads.contains(where: { $0.name == name }) else {
        throw InteropError("\(index): \"\(name)\" stands twice")
      }
      let text = try Self.text(of: entry, name, folder, index)
      guard let isPortable = entry["portable"]?.boolValue else {
        throw InteropError("\(index): \"\(name)\" does not say whether it is \"portable\"")
      }
      let value: JSON
      do { value = try JSON(exactly: text.utf8) } catch {
        throw InteropError("the payload \(name) is not JSON: \(error)")
      }
      payloads.append(Payload(name: name, about: about, text: text, value: value, isPortable: isPortable))
    }
    self.payloads = payloads
  }

  private static func text(
    of entry: JSON, _ name: String, _ folder: String, _ index: String
  ) throws(InteropError) -> String {
    if let file = entry["file"]?.stringValue {
      var bytes = try Files.read(folder / file)
      // Every text file ends in a line feed; it is not part of the payload.
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw InteropError("\(folder / file) is not UTF-8")
      }
      return text
    }
    guard let rule = entry["repeat"], let before = rule["before"]?.stringValue, let unit = rule["unit"]?.stringValue,
      let count = rule["count"]?.integerValue, let after = rule["after"]?.stringValue, count >= 0
    else {
      throw InteropError(
        "\(index): \"\(name)\" has neither a \"file\" nor a \"repeat\" with before, unit, count, after")
    }
    return before + String(repeating: unit, count: Int(count)) + after
  }

  package subscript(name: String) -> Payload? { payloads.first { $0.name == name } }
}
