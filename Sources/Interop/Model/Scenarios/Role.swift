/// What a process does in a call.
package enum Role: String, CaseIterable, Hashable, Sendable, Comparable, Codable {
  /// Puts the request.
  case putter
  /// Takes the request and puts the result.
  case server
  /// Gets the result, by the id that the putter was given.
  case getter

  package static func < (left: Role, right: Role) -> Bool { left.order < right.order }
  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A value for each role.
package struct PerRole<Value> {
  package var putter: Value
  package var server: Value
  package var getter: Value

  package init(putter: Value, server: Value, getter: Value) {
    self.putter = putter
    self.server = server
    self.getter = getter
  }

  /// Nil if a role has no value.
  package init?(_ values: [Role: Value]) {
    guard let putter = values[.putter], let server = values[.server], let getter = values[.getter] else { return nil }
    self.init(putter: putter, server: server, getter: getter)
  }

  package subscript(role: Role) -> Value {
    get {
      switch role {
      case .putter: putter
      case .server: server
      case .getter: getter
      }
    }
    set {
      switch role {
      case .putter: putter = newValue
      case .server: server = newValue
      case .getter: getter = newValue
      }
    }
  }

  package func map<Result>(_ transform: (Value) throws -> Result) rethrows -> PerRole<Result> {
    PerRole<Result>(putter: try transform(putter), server: try transform(server), getter: try transform(getter))
  }

  /// The same, all three at a time.
  package func concurrentMap<Result: Sendable>(
    _ transform: @escaping @Sendable (Role, Value) async -> Result
  ) async -> PerRole<Result> where Value: Sendable {
    async let putter = transform(.putter, putter)
    async let server = transform(.server, server)
    async let getter = transform(.getter, getter)
    return PerRole<Result>(putter: await putter, server: await server, getter: await getter)
  }
}

extension PerRole: Equatable where Value: Equatable {}
extension PerRole: Hashable where Value: Hashable {}
extension PerRole: Sendable where Value: Sendable {}
