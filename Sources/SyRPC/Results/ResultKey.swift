internal import SyRPCWire

/// A result id by which something is looked up, many times: what it hashes to is computed once.
struct ResultKey: Hashable, Sendable {
  private let id: ExactString
  private let hash: Int

  init(_ resultID: String) {
    id = ExactString(resultID)
    hash = id.hashValue
  }

  var resultID: String { id.string }

  static func == (left: ResultKey, right: ResultKey) -> Bool { left.hash == right.hash && left.id == right.id }
  func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
