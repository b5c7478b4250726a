internal import InteropSupport
internal import SyRPCWire

/// Markdown as GitHub and GitLab read it, in which what peers said is nothing but text.
enum MarkdownText {
  /// A text that is neither markup, nor a link, a mention or an image, and that stays within a cell of a table.
  ///
  /// In an element `code` no mention and no reference to an issue is one; all that Markdown or HTML could take for more is a
  /// character reference, which never is (CommonMark 0.31, 2.5).
  static func code(_ text: String, limit: Int = 160) -> String {
    text.isEmpty ? "" : "<code>\(references(text.cut(to: limit).visible))</code>"
  }

  /// A text of ours, with names in it.
  static func plain(_ text: String) -> String { references(text.cut(to: 400).visible) }

  private static func references(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", " ", ",", "-": result.unicodeScalars.append(scalar)
      case _ where scalar.isASCII: result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension String {
  /// Its first scalars, and an ellipsis if that is not all.
  fileprivate func cut(to limit: Int) -> String {
    let start = unicodeScalars.prefix(limit)
    return start.endIndex == unicodeScalars.endIndex ? self : String(String.UnicodeScalarView(start)) + "…"
  }
}
