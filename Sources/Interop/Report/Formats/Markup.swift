internal import Mustache

/// Templates of HTML and XML, and what is put into them.
enum Markup {
  private struct ContentType: MustacheContentType {
    func escapeText(_ text: String) -> String { escaped(text) }
  }

  private static let isRegistered: Bool = {
    MustacheContentTypes.register(ContentType(), named: "MARKUP")
    return true
  }()

  /// A template: everything in it is escaped but what stands in three braces.
  ///
  /// - Throws: `MustacheTemplate.Error`.
  static func template(_ text: String) throws -> MustacheTemplate {
    precondition(isRegistered)
    return try MustacheTemplate(string: "{{% CONTENT_TYPE:MARKUP}}\(text)")
  }

  /// A text within an element, or within an attribute in quotes.
  ///
  /// By scalars: the library's own escaping goes by characters, and so leaves a quote or a `<` that a combining mark follows.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
