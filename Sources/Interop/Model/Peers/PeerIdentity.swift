package import InteropSupport
package import SyRPCWire

/// What an adapter says of itself (`hello`).
package struct PeerIdentity: Sendable, Hashable {
  package let implementation: String
  package let runtime: String
  /// What the interpreter's settings are that matter, by their names there.
  package let settings: JSONObject
  package let libraries: JSONObject
  /// What a compatibility layer replaced; empty if the implementation runs as published.
  package let bridged: [String]
  /// The set of golden messages that it must reproduce.
  package let golden: String?
  package let location: String?
  /// What it can do, of `put_request`, `get_result`, `serve` and `result_id`.
  package let features: [String]
  /// Whether a local checkout stands in for the released package.
  package let isReference: Bool

  /// Of a recording, which says no more.
  init(implementation: String, runtime: String, libraries: JSONObject) {
    self.implementation = implementation
    self.runtime = runtime
    self.libraries = libraries
    settings = [:]
    bridged = []
    golden = nil
    location = nil
    features = []
    isReference = false
  }

  /// That of ``runtime``, which it ends with; nil if it does not.
  package var version: Version? { runtime.words.last.flatMap { Version($0) } }

  /// That of ``implementation``, which it ends with; nil if it does not, as of a local checkout that states none.
  package var implementationVersion: Version? { implementation.words.last.flatMap { Version($0) } }

  /// What sets it apart from what was said before, in words; nil if nothing does.
  package func difference(from before: PeerIdentity) -> String? {
    // Some languages' tables have no order.
    func text(_ object: JSONObject) -> String { object.pairs().sorted().joined(separator: ", ") }
    func parts(_ identity: PeerIdentity) -> [(name: String, value: String)] {
      [
        ("implementation", identity.implementation), ("runtime", identity.runtime),
        ("settings", text(identity.settings)), ("libraries", text(identity.libraries)),
        ("bridged", "\(identity.bridged)"),
        ("golden", identity.golden ?? "none"), ("location", identity.location ?? "none"),
        ("features", "\(identity.features)"), ("reference", "\(identity.isReference)"),
      ]
    }
    let differences = zip(parts(self), parts(before)).filter { $0.value != $1.value }
      .map { "\"\($0.name)\" is \($0.value), and was \($1.value)" }
    return differences.isEmpty ? nil : differences.joined(separator: "; ")
  }

  /// Of the answer to `hello`.
  ///
  /// - Throws: ``PeerError`` that says what is missing, of another type or unknown.
  package init(hello: JSON) throws(PeerError) {
    do throws(InteropError) { try self.init(strict: hello) } catch { throw PeerError(.broken, error.message) }
  }

  private init(strict hello: JSON) throws(InteropError) {
    // What an adapter does not know, it may say so.
    let known = hello.objectValue.map { members in JSON.object(JSONObject(members.filter { $0.value != .null })) }
    let hello = try StrictObject(known ?? hello, "its hello", keys: Self.keys)
    implementation = try hello.needed("implementation", hello.text)
    runtime = try hello.needed("runtime", hello.text)
    settings = try hello.object("settings", keys: nil)?.texts() ?? [:]
    libraries = try hello.object("libraries", keys: nil)?.texts() ?? [:]
    bridged = try hello.texts("bridged") ?? []
    golden = try hello.text("golden")
    location = try hello.text("location")
    features = try hello.texts("features") ?? []
    guard !features.isEmpty else {
      throw InteropError("its hello has no \"features\", so it would be asked for nothing")
    }
    for feature in features where !Self.knownFeatures.contains(feature) {
      throw hello.complaint(
        "features", "names \"\(feature.excerpt)\", which is none; \(Spelling.hint(feature, among: Self.knownFeatures))")
    }
    isReference = try hello.flag("reference") ?? false
  }

  /// The answer to `hello` that says it.
  package var hello: JSON {
    var members: JSONObject = ["implementation": .string(implementation), "runtime": .string(runtime)]
    if !settings.isEmpty { members["settings"] = .object(settings) }
    members["libraries"] = .object(libraries)
    members["bridged"] = .array(bridged.map(JSON.string))
    if let golden { members["golden"] = .string(golden) }
    if let location { members["location"] = .string(location) }
    members["features"] = .array(features.map(JSON.string))
    members["reference"] = .bool(isReference)
    return .object(members)
  }

  private static let keys = [
    "implementation", "runtime", "settings", "libraries", "bridged", "golden", "location", "features", "reference",
  ]
  private static let knownFeatures = ["put_request", "get_result", "serve", "result_id", Scenario.traceFeature]
}

extension StrictObject {
  /// Its members, all of which have to be strings.
  fileprivate func texts() throws(InteropError) -> JSONObject {
    for key in members.keys { _ = try text(key) }
    return members
  }
}

extension JSONObject {
  /// Each key with its value, for people: `kombu 4.6.11`.
  package func pairs(_ separator: String = " ") -> [String] {
    map { "\($0.key)\(separator)\($0.value.stringValue ?? $0.value.description)" }
  }
}

/// What an adapter answered instead of a result, or why it could not be asked.
package struct PeerError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable {
    case unsupported, invalid, timeout, connection, failed
    /// The adapter did not keep to the peer protocol, died or hung.
    case broken
  }
  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { "\(kind.rawValue): \(message)" }
}
