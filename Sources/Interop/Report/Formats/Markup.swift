internal import InteropSupport
internal import Mustache

/// Templates of HTML and XML, and what is put into them.
enum Markup {
  private struct ContentType: MustacheContentType {
    func escapeText(_ text: String) -> String { text.escapedForMarkup }
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
}
