/// A text as one word of a shell command.
package func shellQuoted(_ text: String) -> String {
  "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

/// A word as a shell takes it, as it is if nothing in it means anything to one.
package func shellQuotedIfNeeded(_ text: String) -> String {
  let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=/.,:@%".unicodeScalars
  return !text.isEmpty && text.unicodeScalars.allSatisfy(plain.contains) ? text : shellQuoted(text)
}
