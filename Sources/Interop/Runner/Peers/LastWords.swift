internal import InteropSupport

/// What a process that broke said of it on standard error, where runtimes print what nobody caught.
enum LastWords {
  /// The last line in which a runtime names an error: `TypeError: …` of Python, Node and Ruby, `PHP Fatal error: …`, and so on.
  ///
  /// - Parameters:
  ///   - log: the file that takes standard error.
  ///   - offset: how many bytes of it were there before.
  /// - Returns: the line; nil if there is none.
  static func read(_ log: String, from offset: Int) -> String? {
    guard let bytes = try? Files.read(log), offset <= bytes.count else { return nil }
    return find(String(decoding: bytes[offset...], as: UTF8.self))
  }

  static func find(_ text: String) -> String? {
    let line = text.split(whereSeparator: \.isNewline).last { $0.prefixMatch(of: named) != nil }
    return line.map { String($0).trimmed.shortened(to: 200) }
  }

  /// The name of an error at the beginning of a line, or the words of a runtime that gives up.
  nonisolated(unsafe) private static let named =
    #/([A-Za-z_][\w.:\\]*(Error|Exception)\b|(PHP )?(Fatal|Parse|Uncaught) |(Fatal|fatal) error|thread '.*' panicked|panic: )/#
}
