package import SyRPCWire

extension JSON {
  /// The value as JSON text for people: a member or element a line, but what is small on one.
  ///
  /// - Parameter levels: how deep; what is further inside is on one line.
  /// - Returns: UTF-8, ended by a line feed.
  /// - Throws: `JSONError`.
  package func indented(levels: Int = .max) throws -> [UInt8] {
    try layout("", levels).text + "\n".utf8
  }

  /// The text, and how long it would be on one line. From the inside out, so that each value is encoded once, but for
  /// what is small.
  private func layout(_ indent: String, _ levels: Int) throws -> (text: [UInt8], compactSize: Int) {
    let inner = indent + "  "
    let parts: [(key: [UInt8], value: (text: [UInt8], compactSize: Int))]
    switch self {
    case .array(let elements) where levels > 0:
      parts = try elements.map { ([], try $0.layout(inner, levels - 1)) }
    case .object(let members) where levels > 0:
      parts = try members.map { (try JSON.string($0.key).encoded() + ":".utf8, try $0.value.layout(inner, levels - 1)) }
    default: parts = []
    }
    // The brackets, and a comma between any two.
    let size = parts.reduce(max(2, parts.count + 1)) { $0 + $1.key.count + $1.value.compactSize }
    guard size > 300 else {
      let compact = try encoded()
      return (compact, compact.count)
    }
    var text = Array((arrayValue == nil ? "{" : "[").utf8)
    for (number, part) in parts.enumerated() {
      text += (number == 0 ? "\n\(inner)" : ",\n\(inner)").utf8
      if !part.key.isEmpty { text += part.key + " ".utf8 }
      text += part.value.text
    }
    text += "\n\(indent)\(arrayValue == nil ? "}" : "]")".utf8
    return (text, size)
  }
}
