package import Foundation
internal import InteropSupport
package import SyRPCWire
package import WireTap

/// A message as it went over the wire, with its body read once.
@dynamicMemberLookup
package struct Message: Sendable {
  package let wire: WireMessage
  package let text: ReadText
  /// When its method passed the tap; nil where nobody noted when the connection was made.
  package let moment: Date?
  /// The body as text: decoded by the codec that content_encoding names, if the harness knows it.
  package let content: [UInt8]
  /// Why the body cannot be decoded; nil if it can, or need not be.
  package let codecProblem: String?
  private let names: FieldNames

  package init(_ wire: WireMessage, _ moment: Date?, _ reader: inout TextReader) {
    self.wire = wire
    self.moment = moment
    names = reader.names
    let codec = wire.properties["content-encoding"]?.stringValue.flatMap(Codec.init) ?? .identity
    var problem: String?
    var content = wire.body
    do throws(InteropError) { content = try codec.decoded(wire.body) } catch {
      problem = "\(codec.rawValue): \(error.message)"
    }
    self.content = content
    codecProblem = problem
    text = reader.read(content)
  }

  /// The body as a value that can be compared; nil if it is not JSON.
  package var json: JSON? { text.json }

  package subscript<Value>(dynamicMember path: KeyPath<WireMessage, Value>) -> Value { wire[keyPath: path] }

  package var resultID: String? { text(names.resultID) }
  /// The type of a request.
  package var type: String? { text(names.type) }
  package var data: JSON? { names.data.lazy.compactMap { json?[$0] }.first }

  /// Whether it is a request that a server can answer.
  package var isRequest: Bool { resultID != nil && type != nil && data != nil }
  /// Whether it is a result that a getter can take.
  package var isResult: Bool { resultID != nil && data != nil }

  /// A member that is a string; nil for a number, also for one that is too long to be held as such.
  private func text(_ keys: [String]) -> String? {
    keys.lazy.compactMap { json?[$0] }.first.flatMap { $0.isExactNumber ? nil : $0.stringValue }
  }

  /// A property as text; nil if it is absent.
  package func property(_ name: String) -> String? { wire.properties[name].map { $0.stringValue ?? $0.description } }

  /// The body as text, shortened.
  package var shownBody: String { String(decoding: content.prefix(1000), as: UTF8.self).shortened() }
}

extension JSON {
  /// The value as text, shortened.
  package var shown: String {
    pruned.exactDescription.shortened()
  }

  /// What is cut off in the end need not be printed first.
  private var pruned: JSON {
    switch self {
    case .string(let text) where text.utf8.count > 300: .string("\(text.prefix(250))… (\(text.utf8.count) bytes)")
    case .array(let elements): .array(elements.prefix(50).map(\.pruned))
    case .object(let members): .object(JSONObject(members.prefix(50).map { ($0.key, $0.value.pruned) }))
    default: self
    }
  }
}
