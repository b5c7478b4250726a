internal import InteropSupport
internal import SyRPCWire

/// How a contract has bodies written.
package struct BodyFormat: Sendable {
  /// How text outside ASCII is printed.
  package enum Text: String, CaseIterable, Sendable {
    /// Either way: golden messages say what each implementation does.
    case any
    /// As `\u` and four hexadecimal digits.
    case escaped
    /// As UTF-8.
    case raw
  }

  /// Where white space stands.
  package enum Spacing: String, CaseIterable, Sendable {
    case any
    /// Nowhere.
    case compact
    /// One space behind each comma and colon, and nowhere else.
    case spaced
  }

  /// How slashes are printed.
  package enum Slashes: String, CaseIterable, Sendable {
    case any
    /// As `\/`.
    case escaped
    case plain
  }

  /// A way to encode a body, and for which bodies it is used.
  package struct Use: Sendable, Hashable {
    package let codec: Codec
    /// Bodies of more than so many bytes, before they are encoded; nil for all.
    package let above: Int?
  }

  /// The last that is meant for a body is used for it.
  package let codecs: [Use]
  package let text: Text
  package let spacing: Spacing
  package let slashes: Slashes
  /// The names of the fields in the order in which they have to come; nil for any.
  package let order: [String]?

  static let keys = ["codecs", "text", "order", "spacing", "slashes"]

  /// The codec of a body.
  ///
  /// - Parameter size: in bytes, before it is encoded.
  /// - Returns: the last that is meant for such bodies.
  package func codec(forSize size: Int) -> Codec {
    codecs.last { $0.above.map { size > $0 } ?? true }?.codec ?? .identity
  }

  /// The codec by its name in content_encoding; the first for a name that the contract does not know, as readers go by.
  package func codec(named name: String?) -> Codec {
    codecs.first { $0.codec.rawValue == name }?.codec ?? codecs.first?.codec ?? .identity
  }

  init(_ body: StrictObject) throws(InteropError) {
    let entries = try body.needed("codecs") { key throws(InteropError) in body.members[key] }
    guard let elements = entries.arrayValue, !elements.isEmpty else {
      throw body.complaint("codecs", "is \(entries.arrayValue == nil ? entries.kind : "empty"), not a list of codecs")
    }
    var codecs: [Use] = []
    for element in elements {
      let name: String
      var above: Int?
      if let text = element.stringValue {
        name = text
      } else {
        let entry = try StrictObject(element, body.source(of: "codecs"), keys: ["name", "above"])
        name = try entry.needed("name", entry.text)
        above = try entry.integer("above")
        if let above, above < 0 { throw entry.complaint("above", "is \(above), which is below 0") }
      }
      guard let codec = Codec(rawValue: name) else {
        let known = Codec.allCases.map(\.rawValue)
        throw body.complaint(
          "codecs", "names \"\(name)\", which the harness does not know; \(Spelling.hint(name, among: known))")
      }
      guard !codecs.contains(where: { $0.codec == codec }) else {
        throw body.complaint("codecs", "names \"\(name)\" twice")
      }
      guard codecs.isEmpty ? above == nil : (above ?? -1) > (codecs.last?.above ?? -1) else {
        throw body.complaint(
          "codecs",
          "has to begin with one for all bodies, and each other one needs an \"above\" larger than the one before")
      }
      codecs.append(Use(codec: codec, above: above))
    }
    self.codecs = codecs
    text = try body.needed("text", body.word)
    spacing = try body.word("spacing") ?? .any
    slashes = try body.word("slashes") ?? .any
    if body.members["order"]?.stringValue == "any" {
      order = nil
    } else {
      order = try body.needed("order", body.texts)
    }
  }
}
