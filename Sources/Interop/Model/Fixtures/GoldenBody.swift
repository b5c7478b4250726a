internal import Foundation
internal import InteropSupport
package import SyRPCWire
internal import WireTap

extension GoldenMessages.Body {
  /// Beyond this many bytes only a digest is kept.
  private static let largestText = 8192

  /// Of the members of an entry that has one; nil if none of them is a body.
  package init?(_ entry: JSON) {
    if let text = entry["body"]?.stringValue {
      self = .text(text)
    } else if let size = entry["size"]?.integerValue, let hash = entry["siphash"]?.stringValue,
      let value = UInt64(hash, radix: 16)
    {
      self = .digest(size: Int(size), hash: value)
    } else {
      return nil
    }
  }

  /// A body as it would be recorded.
  package init(masking message: Message) {
    var text = String(decoding: message.content, as: UTF8.self)
    if let id = message.resultID, let range = text.range(of: "\"\(id)\"", options: .literal) {
      text.replaceSubrange(range, with: "\"\(GoldenMessages.mask)\"")
    }
    if text.utf8.count <= Self.largestText {
      self = .text(text)
    } else {
      self = .digest(size: text.utf8.count, hash: Topology.resultHash(text))
    }
  }

  package var shown: String {
    switch self {
    case .text(let text): text.shortened()
    case .digest(let size, let hash): "\(size) bytes with SipHash \(String(hash, radix: 16))"
    }
  }

  /// A line of a set's file.
  package func line(_ key: GoldenMessages.Key) -> JSON {
    var line: JSONObject = ["kind": .string(key.kind.rawValue), "payload": .string(key.payload)]
    line["from"] = key.from.map(JSON.string)
    for (key, value) in members { line[key] = value }
    return .object(line)
  }

  /// Its members of an entry.
  package var members: JSONObject {
    switch self {
    case .text(let text): ["body": .string(text)]
    case .digest(let size, let hash): ["size": .integer(Int64(size)), "siphash": .string(String(hash, radix: 16))]
    }
  }

  /// Swift compares strings by canonical equivalence; bytes are meant here.
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.digest(let leftSize, let leftHash), .digest(let rightSize, let rightHash)):
      leftSize == rightSize && leftHash == rightHash
    default: false
    }
  }
}
