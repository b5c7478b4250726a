package import SyRPCWire

extension JSON {
  /// On one line, with a space behind each colon and comma.
  package var spaced: String {
    switch self {
    case .object(let members):
      "{" + members.map { "\(JSON.string($0.key)): \($0.value.spaced)" }.joined(separator: ", ") + "}"
    case .array(let elements): "[" + elements.map(\.spaced).joined(separator: ", ") + "]"
    default: description
    }
  }

  /// As a file for people has it: what fits into a line of 120 characters stands on one.
  package var laidOut: String { layout(indent: "", head: "") + "\n" }

  private func layout(indent: String, head: String) -> String {
    let line = spaced
    guard indent.count + head.count + line.count + 1 > 120 else { return line }
    let inner = indent + "  "
    switch self {
    case .object(let members) where !members.isEmpty:
      let lines = members.map { key, value in
        let head = "\(JSON.string(key)): "
        return inner + head + value.layout(indent: inner, head: head)
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    case .array(let elements) where !elements.isEmpty:
      let lines = elements.map { inner + $0.layout(indent: inner, head: "") }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
    default: return line
    }
  }
}
