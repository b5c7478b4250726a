extension JSON: Hashable {
  /// Equal as they are written: an integer is no real number, 0.0 is not -0.0, and texts are compared by their Unicode
  /// scalars, not by what looks the same.
  public static func == (left: JSON, right: JSON) -> Bool {
    // Not by recursion: values may be nested deeper than a small stack holds.
    var comparison = JSONComparison()
    guard comparison.mayBeEqual(left, right) else { return false }
    while let (left, right) = comparison.open.popLast() {
      guard comparison.childrenMayBeEqual(left, right) else { return false }
    }
    return true
  }

  /// Hashes what `==` compares; of what is nested deeper than some levels only how much it is.
  public func hash(into hasher: inout Hasher) { hash(into: &hasher, levels: Self.hashedLevels) }

  /// Few enough for a small stack, more than values have that differ deep down alone.
  private static let hashedLevels = 64

  fileprivate func hash(into hasher: inout Hasher, levels: Int) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .real(let value): hasher.combine(value.bitPattern)
    case .string(let value): hasher.combine(ExactString(value))
    case .array(let elements):
      hasher.combine(elements.count)
      guard levels > 0 else { return }
      for element in elements { element.hash(into: &hasher, levels: levels - 1) }
    case .object(let members):
      hasher.combine(members.count)
      guard levels > 0 else { return }
      // Order does not count, so the members' hashes are combined by a commutative operation.
      var sum = 0
      for (key, value) in members {
        var member = Hasher()
        member.combine(ExactString(key))
        value.hash(into: &member, levels: levels - 1)
        sum &+= member.finalize()
      }
      hasher.combine(sum)
    }
  }
}

extension JSONObject: Hashable {
  /// Whether the members are the same, in whatever order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool { JSON.object(left) == JSON.object(right) }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { JSON.object(self).hash(into: &hasher) }
}

/// Two values that are compared level by level.
private struct JSONComparison {
  /// Containers of the same kind and size whose children are still to be compared.
  var open: [(JSON, JSON)] = []

  /// Compares scalars; of containers the size, and leaves their children for later.
  mutating func mayBeEqual(_ left: JSON, _ right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.integer(let left), .integer(let right)): return left == right
    case (.real(let left), .real(let right)): return left.bitPattern == right.bitPattern
    case (.string(let left), .string(let right)): return ExactString(left) == ExactString(right)
    case (.array(let elements), .array(let others)):
      if !elements.isEmpty { open.append((left, right)) }
      return elements.count == others.count
    case (.object(let members), .object(let others)):
      if !members.isEmpty { open.append((left, right)) }
      return members.count == others.count
    default: return false
    }
  }

  /// Compares the children of two containers.
  mutating func childrenMayBeEqual(_ left: JSON, _ right: JSON) -> Bool {
    switch (left, right) {
    case (.array(let elements), .array(let others)):
      for (element, other) in zip(elements, others) where !mayBeEqual(element, other) { return false }
      return true
    case (.object(let members), .object(let others)):
      for (key, value) in members {
        guard let other = others[key], mayBeEqual(value, other) else { return false }
      }
      return true
    default: return false
    }
  }
}
