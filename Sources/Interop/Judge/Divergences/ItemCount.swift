internal import InteropSupport
internal import SyRPCWire

/// How many of the things that a check judges in one cell are not as expected.
package enum ItemCount: Sendable, Hashable {
  /// Each of them: the default.
  case all
  case between(least: Int, most: Int)

  /// Of an entry's member `items`: a number, or `{"least": 1, "most": 3}`.
  ///
  /// - Throws: ``InteropError`` that names the entry.
  init(_ value: JSON, _ place: String) throws(InteropError) {
    if let count = value.integerValue, count > 0 {
      self = .between(least: Int(count), most: Int(count))
      return
    }
    guard value.objectValue != nil else {
      throw InteropError("\(place): \"items\" is neither a number above 0 nor an object with \"least\" and \"most\"")
    }
    let bounds = try StrictObject(value, "\(place), \"items\"", keys: ["least", "most"])
    let (least, most) = (try bounds.needed("least", bounds.integer), try bounds.needed("most", bounds.integer))
    guard least > 0, least <= most else {
      throw InteropError("\(place): \"items\" has \"least\" \(least) and \"most\" \(most): 1 at least, and in order")
    }
    self = .between(least: least, most: most)
  }

  func includes(_ count: Int, of judged: Int) -> Bool {
    switch self {
    case .all: count == judged
    case .between(let least, let most): (least...most).contains(count)
    }
  }
}
