internal import SyRPCWire

/// A known and accepted departure from what a check expects: reviewed, with its reason and its bounds.
///
/// Written in `fixtures/divergences.json`. An entry is exact: every judgement that it matches must be a failure. One that
/// passes, or one that is seen in more payloads than the entry allows, fails the run, as does an entry that could have
/// matched and did not.
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
  /// What the observed value contains, for the payload of this name or for any; nothing given means anything.
  package let observed: Observed
  package let reason: String
  /// In how many cells of one combination it may be seen at most.
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
    guard let entries = try Files.json(text, of: path)["divergences"]?.arrayValue else {
      throw InteropError("\(path): there is no array \"divergences\"")
    }
    var result: [Divergence] = []
    for (number, entry) in entries.enumerated() {
      result.append(try Divergence(entry, place: "\(path), entry \(number + 1)"))
    }
    return result
  }

  /// What is to be observed.
  package enum Observed: Sendable, Hashable {
    case anything
    case containing(String)
    /// By the names of payloads.
    case byPayload([String: String])

    func matches(_ observed: String, payload: String) -> Bool {
      switch self {
      case .anything: true
      case .containing(let part): observed.contains(part)
      case .byPayload(let parts): parts[payload].map(observed.contains) ?? false
      }
    }
  }

  private init(_ entry: JSON, place: String) throws(InteropError) {
    func text(_ key: String) throws(InteropError) -> String {
      guard let text = entry[key]?.stringValue, !text.isEmpty else {
        throw InteropError("\(place): \"\(key)\" is missing or is no string")
      }
      return text
    }
    for key in (entry.objectValue ?? [:]).keys where !Self.keys.contains(key) {
      throw InteropError("\(place): \"\(key)\" means nothing here; known: \(Self.keys.joined(separator: ", "))")
    }
    peer = try text("peer")
    guard let role = Role(rawValue: try text("role")) else {
      throw InteropError("\(place): \"role\" is none of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self.role = role
    check = try text("check")
    guard let rule = Rule.all.first(where: { [check] in $0.id == check }) else {
      throw InteropError("\(place): there is no check \"\(check)\"")
    }
    guard rule.roles.contains(role) else { throw InteropError("\(place): \(check) does not judge a \(role.rawValue)") }
    func other(_ role: Role) throws(InteropError) -> [Glob] {
      guard let value = entry[role.rawValue] else { return [Glob("*")] }
      let patterns = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
      guard !patterns.isEmpty else {
        throw InteropError("\(place): \"\(role.rawValue)\" is neither a pattern nor an array of patterns")
      }
      return patterns.map(Glob.init)
    }
    company = PerRole(putter: try other(.putter), server: try other(.server), getter: try other(.getter))
    scenario = Glob(entry["scenario"] == nil ? "*" : try text("scenario"))
    let payloads = entry["payloads"]?.arrayValue?.compactMap(\.stringValue) ?? []
    guard entry["payloads"] == nil || !payloads.isEmpty else {
      throw InteropError("\(place): \"payloads\" is no array of names")
    }
    self.payloads = payloads.isEmpty ? [Glob("*")] : payloads.map(Glob.init)
    golden = entry["golden"] == nil ? nil : try text("golden")
    observed = try Self.observed(entry["observed"], payloads, place)
    reason = try text("reason")
    guard let most = entry["most"]?.integerValue, most > 0 else {
      throw InteropError("\(place): \"most\" is missing, or no number above 0")
    }
    self.most = Int(most)
    self.place = place
  }

  private static let keys = [
    "peer", "golden", "role", "check", "putter", "server", "getter", "scenario", "payloads", "observed", "reason",
    "most",
  ]

  private static func observed(
    _ value: JSON?, _ payloads: [String], _ place: String
  ) throws(InteropError) -> Observed {
    switch value {
    case nil: return .anything
    case .string(let part)?: return .containing(part)
    case .object(let members)?:
      var parts: [String: String] = [:]
      for (payload, part) in members { parts[payload] = part.stringValue }
      guard Set(parts.keys) == Set(payloads), parts.count == members.count else {
        throw InteropError("\(place): \"observed\" has to have a string for each of the \"payloads\", and no other")
      }
      return .byPayload(parts)
    default: throw InteropError("\(place): \"observed\" is neither a string nor an object of strings")
    }
  }

  /// Whether it speaks of this check of this role in this cell.
  func covers(_ cell: Cell, _ check: String, _ role: Role, golden: String?) -> Bool {
    cell.combination[role] == peer && self.check == check && self.role == role
      && (self.golden == nil || self.golden == golden)
      && scenario.matches(cell.scenario.name)
      && Role.allCases.allSatisfy { isMet($0, cell) }
      && payloads.contains { $0.matches(cell.payload) }
  }

  private func isMet(_ role: Role, _ cell: Cell) -> Bool {
    company[role].contains { $0.matches(cell.combination[role]) }
  }

  /// What it is about, in a line.
  package var summary: String {
    "\(peer) as \(role.rawValue), \(check), \(scenario)/\(payloads.count > 1 ? "{\(payloads.map(\.pattern).joined(separator: ","))}" : payloads[0].pattern)"
  }
}
