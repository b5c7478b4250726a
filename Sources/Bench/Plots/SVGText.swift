internal import InteropSupport

/// What is put into SVG.
enum SVGText {
  /// A text within an element, or within an attribute in double quotes; what XML 1.0 cannot say becomes U+FFFD.
  static func escaped(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\t", "\n", "\r": scalar
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}" as Unicode.Scalar
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars)).escapedForMarkup
  }

  /// A coordinate, to a hundredth.
  static func coordinate(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return hundredths.isMultiple(of: 100) ? "\(hundredths / 100)" : "\(Double(hundredths) / 100)"
  }
}
