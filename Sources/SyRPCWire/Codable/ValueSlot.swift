/// What an encoder is given to fill. Its containers and those of its super encoders share it.
///
/// Swift's protocols let containers be asked for again (a class and its superclass share one), and filled later.
final class ValueSlot {
  private enum Content {
    case nothing
    case value(JSON)
    case array(ArrayBuilder)
    case object(ObjectBuilder)
  }

  private var content = Content.nothing
  /// What the protocols give no occasion to throw; a closure, for the path of an error takes time.
  private var failure: (() -> EncodingError)?

  func set(_ value: JSON, at path: CodingPath) throws {
    guard case .nothing = content else { throw Self.second(value, at: path) }
    content = .value(value)
  }

  func array(at path: CodingPath) -> ArrayBuilder {
    let builder = ArrayBuilder()
    switch content {
    case .array(let builder): return builder
    case .nothing where path.depth < CodingPath.maximumDepth: content = .array(builder)
    default: fail([], at: path)
    }
    return builder
  }

  func object(at path: CodingPath) -> ObjectBuilder {
    let builder = ObjectBuilder()
    switch content {
    case .object(let builder): return builder
    case .nothing where path.depth < CodingPath.maximumDepth: content = .object(builder)
    default: fail([:], at: path)
    }
    return builder
  }

  /// The container asked for is not kept: what is nested in it too deep could not be freed, for that recurses.
  private func fail(_ value: JSON, at path: CodingPath) {
    if failure != nil { return }
    if case .nothing = content {
      failure = { EncodingError.tooDeep(value, at: path) }
    } else {
      failure = { Self.second(value, at: path) }
    }
  }

  private static func second(_ value: Any, at path: CodingPath) -> EncodingError {
    .invalidValue(value, path.encodingContext("a second value, or kind of container, for one encoder"))
  }

  func finish() throws -> JSON {
    if let failure { throw failure() }
    return switch content {
    case .nothing: .object([:])
    case .value(let value): value
    case .array(let builder): try builder.finish()
    case .object(let builder): try builder.finish()
    }
  }
}
