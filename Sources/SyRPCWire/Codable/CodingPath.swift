/// The keys from the top to a value. A list, for only errors want the array that Swift's protocols speak of.
final class CodingPath: Sendable {
  /// The deepest nesting of typed values; a scalar is a level too. PHP's and Foundation's readers end there as well.
  ///
  /// Less than ``JSON/maximumDepth``, since each level has stack frames of the types' own: dictionaries in small structs
  /// took 2.6 KB a level in a debug build, and who sends a message must not be able to exhaust a thread's stack. On a small
  /// one it is less (``tooDeep``).
  static let maximumDepth = 512

  static let top = CodingPath(parent: nil, key: nil, depth: 0)

  private let parent: CodingPath?
  private let key: (any CodingKey)?
  let depth: Int

  private init(parent: CodingPath?, key: (any CodingKey)?, depth: Int) {
    self.parent = parent
    self.key = key
    self.depth = depth
  }

  convenience init(_ keys: [any CodingKey]) {
    let parent = keys.dropLast().reduce(CodingPath.top) { $0.appending($1) }
    self.init(parent: keys.isEmpty ? nil : parent, key: keys.last, depth: keys.count)
  }

  func appending(_ key: some CodingKey) -> CodingPath {
    // Nothing is read or written beyond that depth, and a list without a bound could not be freed: that recurses.
    depth < Self.maximumDepth ? CodingPath(parent: self, key: key, depth: depth + 1) : self
  }

  /// Why nothing can be read or written here; nil if it can.
  var tooDeep: String? { Self.tooDeep(depth) }

  /// Why nothing can be read or written at a depth; nil if it can.
  static func tooDeep(_ depth: Int) -> String? {
    if depth >= maximumDepth { return "nested deeper than \(maximumDepth) levels" }
    return ThreadStack.hasRoom(atDepth: depth) ? nil : "nested deeper than this thread's stack holds"
  }

  func appending(index: Int) -> CodingPath { appending(JSONKey(intValue: index)) }

  var keys: [any CodingKey] {
    var keys: [any CodingKey] = []
    var path = self
    while let key = path.key, let parent = path.parent {
      keys.append(key)
      path = parent
    }
    return keys.reversed()
  }

  func encodingContext(_ message: String) -> EncodingError.Context {
    EncodingError.Context(codingPath: keys, debugDescription: message)
  }

  func decodingContext(_ message: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: keys, debugDescription: message)
  }
}
