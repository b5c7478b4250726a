package import InteropSupport
internal import SyRPCWire

/// Bodies that implementations must reproduce byte for byte, with the result id masked.
///
/// A change here is a change of the message format: it may be harmless, but it must be seen.
package struct GoldenMessages: Sendable {
  /// What is recorded of one body.
  package enum Body: Hashable, Sendable {
    case text(String)
    /// A large body, by its size in bytes and its SipHash-2-4.
    case digest(size: Int, hash: UInt64)
  }

  package enum Kind: String, Hashable, Sendable { case request, result }

  package struct Key: Hashable, Sendable {
    package let set: String
    package let kind: Kind
    package let payload: String
    /// The set of the putter, where a result's bytes depend on who put the request: CPython 2.7 prints an object in the
    /// order of its hash table, and that depends on the order in which the members came.
    package var from: String?

    package init(set: String, kind: Kind, payload: String, from: String? = nil) {
      self.set = set
      self.kind = kind
      self.payload = payload
      self.from = from
    }
  }

  package private(set) var bodies: [Key: Body] = [:]

  /// The names of the sets, sorted; also of one that has no message.
  package private(set) var sets: [String] = []

  /// What stands for the result id.
  package static let mask = "00000000-0000-4000-8000-000000000000"

  package init() {}

  /// Messages by what they are of.
  package init(_ bodies: [Key: Body]) {
    self.bodies = bodies
    sets = Set(bodies.keys.map(\.set)).sorted()
  }

  /// Reads all sets in a folder: `python2.jsonl` is the set `python2`.
  ///
  /// - Throws: ``InteropError`` that names file and line.
  package init(folder: String) throws(InteropError) {
    for file in try Files.list(folder) where file.hasSuffix(Self.suffix) { try add(folder / file) }
  }

  /// Reads one set.
  ///
  /// - Throws: ``InteropError`` that names file and line.
  package init(file: String) throws(InteropError) { try add(file) }

  private static let suffix = ".jsonl"

  private mutating func add(_ path: String) throws(InteropError) {
    let set = String((path.split(separator: "/").last ?? "").dropLast(Self.suffix.count))
    sets.append(set)
    for (number, line) in try Files.read(path).split(separator: UInt8(ascii: "\n")).enumerated() {
      let place = "\(path) line \(number + 1)"
      let entry: JSON
      do { entry = try JSON(parsing: line) } catch { throw InteropError("\(place): \(error)") }
      let object = try StrictObject(
        entry, place, keys: ["kind", "payload", "from"] + (entry["body"] == nil ? ["size", "siphash"] : ["body"]))
      guard let kind = try object.text("kind").flatMap(Kind.init(rawValue:)),
        let payload = try object.text("payload"), let body = Body(entry)
      else { throw InteropError("\(place): it has no kind, payload, and body or size and siphash") }
      let key = Key(set: set, kind: kind, payload: payload, from: try object.text("from"))
      guard bodies.updateValue(body, forKey: key) == nil else {
        throw InteropError("\(place): \(kind.rawValue) of \(payload) stands twice")
      }
    }
  }
}
