package import SyRPCWire

extension JSON {
  /// The value with changes in it: members in place of those of the same key, null for none (RFC 7396).
  package func merged(with changes: JSON) -> JSON {
    guard let changes = changes.objectValue else { return changes }
    var members = objectValue ?? [:]
    for (key, value) in changes {
      if value == .null { members[key] = nil } else { members[key] = (members[key] ?? .null).merged(with: value) }
    }
    return .object(members)
  }
}
