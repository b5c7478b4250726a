package import InteropModel
package import InteropSupport
internal import SyRPCWire

/// A known and accepted departure from what a check expects: reviewed, with its reason and its bounds.
///
/// Written in `fixtures/divergences.json`. An entry is exact: every judgement that it speaks of must be a failure, and each
/// thing that is not as expected must be as it says. One that passes, or one that is seen in more cells than the entry
/// allows, or in fewer, fails the run, as does an entry that could have matched and did not.
package struct Divergence: Sendable, Hashable {
  package let peer: String
  package let role: Role
  package let check: String
  /// Who has to play the other roles, one of several; anybody by default.
  package let company: PerRole<[Glob]>
  package let scenario: Glob
  package let payloads: [Glob]
  /// The golden set of the implementation it is about, where a peer can be one of several; any by default.
  package let golden: String?
  /// Which versions of their runtimes peers must have, by the peers' names; any by default. Of the peer that it is about,
  /// where it plays the role; of another one wherever it plays.
  package let runtimes: [String: VersionRange]
  /// Which versions the broker must have; any by default.
  package let broker: VersionRange?
  /// The version of the implementation from which on it is mended: there the entry does not apply. nil for none that is known.
  package let until: Version?
  /// What was delivered to the role, as JSON without white space: only then the entry applies. nil for anything.
  package let delivered: PayloadPatterns?
  /// What is seen of each thing that is not as expected.
  package let observed: PayloadPatterns
  /// Of how many things that is seen, in one cell.
  package let items: ItemCount
  package let reason: String
  /// In how many cells of one combination it is seen: in `least` at least in a whole run, wherever that is most. 0 is for a
  /// matter of time: it may be seen or not.
  package let least: Int
  package let most: Int
  /// Where it stands: for the message that says what to change.
  package let place: String

  /// Reads a file of divergences.
  ///
  /// - Throws: ``InteropError`` that names the file, the entry and the key.
  package static func read(_ path: String) throws(InteropError) -> [Divergence] {
    try read(try Files.read(path), of: path)
  }

  /// Reads the text of a file of divergences.
  ///
  /// - Throws: ``InteropError`` that names the file, the entry and the key.
  package static func read(_ text: [UInt8], of path: String) throws(InteropError) -> [Divergence] {
    let file = try StrictObject(of: path, text, keys: ["about", "divergences"])
    guard let entries = file.members["divergences"]?.arrayValue else {
      throw InteropError("\(path): there is no array \"divergences\"")
    }
    var result: [Divergence] = []
    for (number, entry) in entries.enumerated() {
      result.append(try Divergence(entry, place: place(of: number, in: path)))
    }
    return result
  }

  /// Where an entry stands, counted from 0.
  static func place(of number: Int, in path: String) -> String { "\(path), entry \(number + 1)" }

  private init(_ entry: JSON, place: String) throws(InteropError) {
    func text(_ key: String) throws(InteropError) -> String {
      guard let text = entry[key]?.stringValue, !text.isEmpty else {
        throw InteropError("\(place): \"\(key)\" is missing or is no string")
      }
      return text
    }
    _ = try StrictObject(entry, place, keys: Self.keys)
    func name(_ text: String) throws(InteropError) -> String {
      guard PeerName.base(of: text) == text else {
        throw InteropError("\(place): \"\(text)\" has a version: name the peer, and the versions in \"runtimes\"")
      }
      return text
    }
    peer = try name(try text("peer"))
    guard let role = Role(rawValue: try text("role")) else {
      throw InteropError("\(place): \"role\" is none of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.role = role
    check = try text("check")
    guard check != GoldenMessages.check else {
      throw InteropError(
        "\(place): \(check) cannot be listed: the golden messages themselves say what a peer writes (syrpc fixtures record)"
      )
    }
    guard let rule = Rule.all.first(where: { [check] in $0.id == check }) else {
      let hint = Spelling.hint(check, among: Rule.all.map(\.id))
      throw InteropError("\(place): there is no check \"\(check)\"; \(hint)")
    }
    guard rule.roles.contains(role) else { throw InteropError("\(place): \(check) does not judge a \(role.rawValue)") }
    func other(_ role: Role) throws(InteropError) -> [Glob] {
      guard let value = entry[role.rawValue] else { return [Glob("*")] }
      let elements = value.stringValue == nil ? value.arrayValue ?? [] : [value]
      let patterns = elements.compactMap(\.stringValue)
      guard !patterns.isEmpty, patterns.count == elements.count else {
        throw InteropError("\(place): \"\(role.rawValue)\" is neither a pattern nor an array of patterns")
      }
      for pattern in patterns { _ = try name(pattern) }
      return patterns.map(Glob.init)
    }
    company = PerRole(putter: try other(.putter), server: try other(.server), getter: try other(.getter))
    scenario = Glob(entry["scenario"] == nil ? "*" : try text("scenario"))
    let named = entry["payloads"]?.arrayValue ?? []
    let payloads = named.compactMap(\.stringValue)
    guard entry["payloads"] == nil || !payloads.isEmpty && payloads.count == named.count else {
      throw InteropError("\(place): \"payloads\" is no array of names")
    }
    self.payloads = payloads.isEmpty ? [Glob("*")] : payloads.map(Glob.init)
    golden = entry["golden"] == nil ? nil : try text("golden")
    runtimes = try Self.runtimes(entry["runtimes"], of: peer, role, company, place)
    broker = try entry["broker"].map { value throws(InteropError) in try Self.range(value, "broker", place) }
    if let value = entry["until"] {
      guard let version = value.stringValue.flatMap(Version.init(_:)) else {
        throw InteropError("\(place): \"until\" is no version, such as \"1.0.6\"")
      }
      until = version
    } else {
      until = nil
    }
    func patterns(_ key: String) throws(InteropError) -> PayloadPatterns? {
      try entry[key].map { value throws(InteropError) in
        try PayloadPatterns(value, key, payloads: payloads, place)
      }
    }
    delivered = try patterns("delivered")
    guard delivered == nil || role != .putter else {
      throw InteropError("\(place): \"delivered\" cannot be said of a putter, which is not judged by what it gets")
    }
    guard let observed = try patterns("observed") else {
      throw InteropError("\(place): \"observed\" is missing: what is seen of each thing that is not as expected")
    }
    self.observed = observed
    items = try entry["items"].map { value throws(InteropError) in try ItemCount(value, place) } ?? .all
    reason = try text("reason")
    func count(_ key: String, from least: Int64) throws(InteropError) -> Int {
      guard let count = entry[key]?.integerValue, count >= least else {
        throw InteropError("\(place): \"\(key)\" is missing, or no number from \(least) on")
      }
      return Int(count)
    }
    most = try count("most", from: 1)
    least = entry["least"] == nil ? 1 : try count("least", from: 0)
    guard least <= most else {
      throw InteropError("\(place): \"least\" is \(least), which is more than \"most\", \(most)")
    }
    self.place = place
  }

  private static let keys = [
    "peer", "golden", "runtimes", "broker", "role", "check", "putter", "server", "getter", "scenario", "payloads",
    "delivered", "observed", "items", "reason", "least", "most", "until",
  ]

  private static func range(_ value: JSON, _ key: String, _ place: String) throws(InteropError) -> VersionRange {
    guard let range = value.stringValue.flatMap(VersionRange.init) else {
      throw InteropError("\(place): \"\(key)\" is no range of versions, such as \">=18 <22\" or \"3.9\"")
    }
    return range
  }

  private static func runtimes(
    _ value: JSON?, of peer: String, _ role: Role, _ company: PerRole<[Glob]>, _ place: String
  ) throws(InteropError) -> [String: VersionRange] {
    guard let value else { return [:] }
    guard let members = value.objectValue, !members.isEmpty else {
      throw InteropError("\(place): \"runtimes\" is no object of ranges of versions by peer")
    }
    var ranges: [String: VersionRange] = [:]
    for (name, range) in members {
      // One that nobody has to be would limit nothing, and a typing error would not be seen.
      let isNamed = Role.allCases.contains { other in
        other != role && company[other].contains { $0.pattern != "*" && $0.matches(name) }
      }
      guard name == peer || isNamed else {
        throw InteropError(
          "\(place): \"runtimes\" names \(name), which is neither the \"peer\" nor named for another role")
      }
      ranges[name] = try Self.range(range, "runtimes\", \"\(name)", place)
    }
    return ranges
  }

  /// Whether it speaks of this check of this role in this cell, whose peers said of themselves what `identities` has.
  func covers(_ cell: Cell, _ check: String, _ role: Role, _ identities: [Role: PeerIdentity]) -> Bool {
    PeerName.base(of: cell.combination[role]) == peer && self.check == check && self.role == role
      && (golden == nil || golden == identities[role]?.golden)
      && !isMended(in: identities[role])
      && scenario.matches(cell.scenario.name)
      && Role.allCases.allSatisfy { isMet($0, cell) && hasRuntime($0, cell, identities[$0]) }
      && payloads.contains { $0.matches(cell.payload) }
  }

  /// Whether what was delivered is what it speaks of.
  ///
  /// - Parameters:
  ///   - delivered: the data of each message, as JSON without white space; made only where it is wanted.
  ///   - payload: the name of the cell's payload.
  /// - Returns: whether one of them is.
  package func meets(_ delivered: @autoclosure () -> [String], payload: String) -> Bool {
    guard let patterns = self.delivered else { return true }
    return delivered().contains { patterns.match($0, payload: payload) }
  }

  /// Whether a failure is what it says, in all that is not as expected.
  func describes(_ failure: Judgement.Failure, in cell: Cell) -> Bool {
    items.includes(failure.observed.count, of: failure.judged)
      && failure.observed.allSatisfy { observed.match($0.value, payload: cell.payload) }
  }

  /// Whether an implementation says that it is of a version in which that is mended.
  private func isMended(in identity: PeerIdentity?) -> Bool {
    guard let until, let version = identity?.implementationVersion else { return false }
    return !version.isBefore(until)
  }

  /// Whether a check that it speaks of may pass: what is a matter of time may, and what a working copy may have mended, which
  /// does not always say which version it is on the way to.
  func mayPass(with identity: PeerIdentity?) -> Bool {
    least == 0 || until != nil && (identity?.isReference ?? false || identity?.implementationVersion == nil)
  }

  private func isMet(_ role: Role, _ cell: Cell) -> Bool {
    company[role].contains { $0.matches(PeerName.base(of: cell.combination[role])) }
  }

  /// Whether whoever plays a role has a runtime that it speaks of. Of one of unknown version it does not speak.
  private func hasRuntime(_ role: Role, _ cell: Cell, _ identity: PeerIdentity?) -> Bool {
    let name = cell.combination[role]
    let base = PeerName.base(of: name)
    guard base != peer || role == self.role, let range = runtimes[base] else { return true }
    // One that does not start cannot say it.
    return (identity?.version ?? PeerName.version(of: name)).map(range.contains) ?? false
  }

  /// Whether it speaks of a broker of this version; of one of unknown version only if it speaks of any.
  func applies(onBroker version: Version?) -> Bool {
    guard let broker else { return true }
    return version.map(broker.contains) ?? false
  }

  /// What it is about, in a line.
  package var summary: String {
    let payloads =
      payloads.count > 1 ? "{\(payloads.map(\.pattern).joined(separator: ","))}" : payloads[0].pattern
    let limits =
      (until.map { ["before \($0)"] } ?? []) + runtimes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      + (broker.map { ["broker \($0)"] } ?? [])
    return "\(peer) as \(role.rawValue), \(check), \(scenario)/\(payloads)"
      + (limits.isEmpty ? "" : ", on \(limits.joined(separator: ", "))")
  }
}
