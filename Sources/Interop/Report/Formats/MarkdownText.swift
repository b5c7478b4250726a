internal import InteropSupport
internal import SyRPCWire

/// Markdown as GitHub and GitLab read it, in which what peers said is nothing but text.
enum MarkdownText {
  /// A text that is neither markup, nor a link, a mention or an image, and that stays within a cell of a table.
  ///
  /// In an element `code` no mention and no reference to an issue is one; all that Markdown or HTML could take for more is a
  /// character reference, which never is (CommonMark 0.31, 2.5).
  static func code(_ text: String, limit: Int = 160) -> String {
    text.isEmpty ? "" : "<code>\(shown(text, limit))</code>"
  }

  /// The same for lines that stand below each other, each character in a column.
  static func block(_ lines: [String], limit: Int = 160) -> String {
    "<pre>\n\(lines.map { shown($0, limit) }.joined(separator: "\n"))\n</pre>"
  }

  /// A text of ours, with names in it.
  static func plain(_ text: String) -> String { shown(text, 400) }

  /// What does not print takes more room as it is shown, so that it is cut again.
  private static func shown(_ text: String, _ limit: Int) -> String {
    references(text.cut(to: limit).visible.cut(to: limit))
  }

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
