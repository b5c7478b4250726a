import Foundation
import SyRPCWire

/// A file of known answers in fixtures/vectors.
func vectors(_ name: String) throws -> (about: JSON, vectors: [JSON]) {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let content = try Data(contentsOf: root.appending(path: "fixtures/vectors/\(name).json"))
  let json = try JSON(parsing: content)
  return (json, json["vectors"]?.arrayValue ?? [])
}

extension JSON {
  /// The value that a text has.
  init(text: String) throws(JSONError) { try self.init(parsing: text.utf8) }

  var text: String {
    get throws(JSONError) { String(decoding: try encoded(), as: UTF8.self) }
  }
}
