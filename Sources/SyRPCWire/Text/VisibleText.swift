extension String {
  /// The text for people's eyes, on one line, whoever wrote it: it can neither steer a terminal nor pass for another text.
  ///
  /// What does not simply print - controls, line and paragraph separators, direction marks, what no character is assigned
  /// to - stands as `\u{…}`, or as `\n`, `\r`, `\t` or `\0`. So does the beginning of what a CI runner takes for a command:
  /// `::` where the text begins, white space or not, and `##[` anywhere (GitHub Actions; `##vso[` and `##teamcity[` of
  /// others begin with the same two characters).
  package var visible: String {
    guard needsCare else { return self }
    var shown = ""
    shown.reserveCapacity(utf8.count + 16)
    var isBeginning = true
    for (scalar, next) in zip(unicodeScalars, unicodeScalars.dropFirst().map(Optional.some) + [nil]) {
      let isCommand = scalar == next && (scalar == "#" || isBeginning && scalar == ":")
      if !scalar.properties.isWhitespace { isBeginning = false }
      if isCommand {
        shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else if scalar.isVisible {
        shown.unicodeScalars.append(scalar)
      } else {
        shown += scalar.escaped(asASCII: true)
      }
    }
    return shown
  }

  /// The same for a text of several lines: line feeds stay, each line is made ``visible``.
  package var visibleLines: String {
    // By scalars: to a String, a carriage return and a line feed are one character.
    unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).visible }
      .joined(separator: "\n")
  }

  /// Whether anything in it may have to be escaped: most texts are plain.
  private var needsCare: Bool {
    var previous: UInt8 = 0
    for byte in utf8 {
      if byte < 0x20 || byte >= 0x7F || byte == previous && (byte == UInt8(ascii: "#") || byte == UInt8(ascii: ":")) {
        return true
      }
      previous = byte
    }
    return false
  }
}

extension Unicode.Scalar {
  /// Whether it prints, and nothing else.
  fileprivate var isVisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
