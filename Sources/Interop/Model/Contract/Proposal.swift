package import InteropSupport
internal import SyRPCWire

/// A change of the contract that is not decided yet: a file that states what differs from a version.
package struct Proposal: Sendable {
  /// A step of its rollout: what everybody who is deployed in it reads and writes.
  package struct Phase: Sendable, Hashable {
    package let name: String
    package let about: String?
    /// Versions of the contract.
    package let reads: [Int]
    package let writes: Int
  }

  package let name: String
  /// Why it is wanted.
  package let reason: String
  package let path: String
  package let base: Contract
  /// The contract as it would be.
  package let contract: Contract
  /// As the file states them; if it states none, ``usualPhases``.
  package let phases: [Phase]
  /// The order that the file says that it has, as a test; nil if it says nothing.
  package let expects: RolloutOrder?

  /// What a report calls it.
  package var title: String { "\(name), which extends version \(base.version)" }

  package static let keys = ["name", "reason", "extends", "phases", "expects"] + changeable
  /// What of a contract can be changed.
  private static let changeable = Contract.keys.filter { !["about", "version"].contains($0) }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - base: the contract in force.
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  package init(_ path: String, base: Contract) throws(InteropError) {
    try self.init(try Files.read(path), of: path, base: base)
  }

  /// Reads the text of a file.
  ///
  /// - Throws: ``InteropError`` that names the file, the line where it can be told, and the key.
  package init(_ bytes: [UInt8], of path: String, base: Contract) throws(InteropError) {
    let file = try StrictObject(of: path, bytes, keys: Self.keys)
    self.path = path
    self.base = base
    name = try file.needed("name", file.text)
    let called = path.split(separator: "/").last.map(String.init) ?? path
    guard !called.hasSuffix(".json") || called == "\(name).json" else {
      throw file.complaint("name", "is \"\(name.excerpt)\", and its file is called \(called)")
    }
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
      throw file.complaint(
        "name", "is \"\(name.excerpt)\"; it has to be of letters, digits, hyphens, dots and underscores")
    }
    reason = try file.needed("reason", file.text)
    guard !reason.trimmed.isEmpty else { throw file.complaint("reason", "is empty: say why it is wanted") }
    let extended = try file.needed("extends", file.integer)
    guard extended == base.version else {
      let why = (1..<base.version).contains(extended) ? "and that was replaced" : "and there is no such version"
      throw file.complaint("extends", "is \(extended), \(why): the contract in force is version \(base.version)")
    }
    contract = try Self.changed(base, by: file, path, bytes)
    phases = try Self.phases(file, extended) ?? Self.usualPhases(extended)
    expects = try Self.order(file)
  }

  private static func changed(
    _ base: Contract, by file: StrictObject, _ path: String, _ bytes: [UInt8]
  ) throws(InteropError) -> Contract {
    let changes = JSONObject(file.members.filter { changeable.contains($0.key) })
    var members = base.source.merged(with: .object(changes)).objectValue ?? [:]
    guard !changes.isEmpty else {
      throw file.complaint(
        "extends",
        "is all that there is: it changes nothing of the contract; known: \(changeable.joined(separator: ", "))"
      )
    }
    if let path = JSON.object(changes).firstVain(in: base.source) {
      throw file.complaint(path, "is null, which takes it away, and version \(base.version) of the contract has none")
    }
    for (key, _) in changes where members[key] == base.source[key] {
      throw file.complaint(key, "changes nothing: it says what version \(base.version) of the contract says")
    }
    members["version"] = .integer(Int64(base.version + 1))
    return try Contract(StrictObject(.object(members), madeOf: path, bytes, keys: Contract.keys))
  }

  private static func order(_ file: StrictObject) throws(InteropError) -> RolloutOrder? {
    guard let expected = try file.object("expects", keys: ["order"]) else { return nil }
    let text = try expected.needed("order", expected.text)
    guard let order = RolloutOrder(rawValue: text) else {
      throw expected.complaint(
        "order", "is \"\(text)\", which is none; \(Spelling.hint(text, among: RolloutOrder.allCases.map(\.rawValue)))")
    }
    return order
  }
}

extension Proposal {
  /// Everybody learns to read the new before anybody writes it.
  package static func usualPhases(_ base: Int) -> [Phase] {
    [
      Phase(name: "read", about: "reads both, writes the old", reads: [base, base + 1], writes: base),
      Phase(name: "write", about: "reads both, writes the new", reads: [base, base + 1], writes: base + 1),
    ]
  }

  fileprivate static func phases(_ file: StrictObject, _ base: Int) throws(InteropError) -> [Phase]? {
    guard let entries = try file.objects("phases", "phase", keys: ["name", "about", "reads", "writes"]) else {
      return nil
    }
    guard !entries.isEmpty else { throw file.complaint("phases", "is empty: leave it out for the usual two") }
    var phases: [Phase] = []
    for entry in entries {
      let name = try entry.needed("name", entry.text)
      guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
        !["next", "old", "new"].contains(name)
      else {
        throw entry.complaint(
          "name", "is \"\(name.excerpt)\": a phase is called by letters and digits, and not next, old, new")
      }
      guard !phases.contains(where: { $0.name == name }) else {
        throw entry.complaint("name", "\"\(name)\" stands twice")
      }
      let reads = try entry.needed("reads") { key throws(InteropError) -> [Int]? in
        guard let elements = entry.members[key]?.arrayValue else {
          throw entry.complaint(key, "is not an array of versions")
        }
        return elements.map { $0.integerValue.map { Int($0) } ?? -1 }
      }
      let writes = try entry.needed("writes", entry.integer)
      for (key, version) in reads.map({ ("reads", $0) }) + [("writes", writes)]
      where version != base && version != base + 1 {
        throw entry.complaint(
          key, "names a version that is neither \(base), which it extends, nor \(base + 1), which it would be")
      }
      guard reads.contains(writes) else {
        throw entry.complaint("reads", "leaves out version \(writes), which is written in the same phase")
      }
      if let last = phases.last, last.writes > writes {
        throw entry.complaint("writes", "goes back to version \(writes), after phase \"\(last.name)\"")
      }
      phases.append(Phase(name: name, about: try entry.text("about"), reads: reads, writes: writes))
    }
    guard phases.last?.writes == base + 1 else {
      throw file.complaint("phases", "end before version \(base + 1) is written")
    }
    return phases
  }
}

extension JSON {
  /// The keys that lead to the first null here that takes nothing away from the other value.
  fileprivate func firstVain(in other: JSON) -> [String]? {
    for (key, value) in objectValue ?? [:] {
      if value == .null, other[key] == nil { return [key] }
      if let inner = value.firstVain(in: other[key] ?? .null) { return [key] + inner }
    }
    return nil
  }
}
