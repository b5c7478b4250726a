internal import InteropModel
internal import InteropSupport
internal import SyRPCWire

/// Entries for what is not as expected, and not listed.
struct NewDivergences {
  private struct Kind: Hashable {
    let peer: String
    let role: Role
    let check: String
    let scenario: String
  }

  private struct Seen {
    let finding: Finding
    let cell: Cell
    let delivered: [String]?
    /// What is called otherwise in each run.
    let appName: String?

    /// What follows from what another does has an entry, too: a listed divergence explains nothing.
    var hasFailed: Bool { finding.verdict == .fail || finding.verdict == .affected }
    var payload: String { cell.payload }

    /// What was seen of each thing that is not as expected, as patterns.
    var observed: [String] {
      finding.observations.map { observation in
        let value = appName.map { observation.value.replacing($0, with: "*") } ?? observation.value
        return Glob.literal(value.replacing(Self.identifier, with: "*"))
      }
    }

    nonisolated(unsafe) private static let identifier = #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#
  }

  private var seen: [Kind: [Seen]] = [:]
  private var order: [Kind] = []

  init(in results: [CellResult]) {
    for result in results {
      for finding in result.findings where finding.verdict != .skipped && finding.verdict != .known {
        guard let role = finding.role, let peer = finding.peer else { continue }
        let kind = Kind(
          peer: PeerName.base(of: peer), role: role, check: finding.check, scenario: result.cell.scenario.name)
        if seen[kind] == nil { order.append(kind) }
        seen[kind, default: []].append(
          Seen(
            finding: finding, cell: result.cell, delivered: result.delivered[role], appName: result.context?.appName))
      }
    }
  }

  var entries: [JSON] { order.compactMap(entry) }

  private func entry(_ kind: Kind) -> JSON? {
    let all = seen[kind] ?? []
    let failed = all.filter(\.hasFailed)
    guard !failed.isEmpty else { return nil }
    var entry: JSONObject = [
      "peer": .string(kind.peer), "role": .string(kind.role.rawValue), "check": .string(kind.check),
    ]
    let payloads = failed.map(\.payload).uniqued()
    let passed = all.filter { payloads.contains($0.payload) && !$0.hasFailed }
    let delivered = passed.isEmpty || kind.role == .putter ? nil : Self.delivered(failed, besides: passed)
    if !passed.isEmpty, delivered == nil {
      for other in Role.allCases where other != kind.role {
        func peers(_ cells: [Seen]) -> [String] {
          cells.map { PeerName.base(of: $0.cell.combination[other]) }.uniqued().sorted()
        }
        // Who plays it makes the difference, if those with whom it fails are others than those with whom it does not.
        let (with, without) = (peers(failed), peers(passed))
        if Set(with).isDisjoint(with: without) { entry[other.rawValue] = Self.oneOrMore(with) }
      }
    }
    entry["scenario"] = .string(kind.scenario)
    entry["payloads"] = .array(payloads.map(JSON.string))
    entry["delivered"] = delivered
    entry["observed"] = Self.byPayload(failed, \.observed)
    if failed.contains(where: { $0.finding.observations.count < $0.finding.judged }) {
      let counts = failed.map { Int64($0.finding.observations.count) }
      entry["items"] = ["least": .integer(counts.min() ?? 1), "most": .integer(counts.max() ?? 1)]
    }
    entry["reason"] = .string(DivergenceUpdate.missingReason)
    let counts = Dictionary(grouping: failed, by: \.cell.combination).mapValues(\.count)
    entry["most"] = .integer(Int64(counts.values.max() ?? 1))
    return .object(entry)
  }

  /// What was delivered where it failed, by payload; nil if that does not tell those from where it passed.
  private static func delivered(_ failed: [Seen], besides passed: [Seen]) -> JSON? {
    for payload in failed.map(\.payload).uniqued() {
      let (with, without) = (texts(failed, payload), texts(passed, payload))
      guard let with, let without, Set(with).isDisjoint(with: without) else { return nil }
    }
    return byPayload(failed) { ($0.delivered ?? []).map(Glob.literal) }
  }

  /// What was delivered with a payload; nil if that is not known of all.
  private static func texts(_ seen: [Seen], _ payload: String) -> [String]? {
    let delivered = seen.filter { $0.payload == payload }.map(\.delivered)
    return delivered.contains(nil) ? nil : delivered.compactMap(\.self).flatMap(\.self)
  }

  /// The patterns that cells need: one, several, or some for each payload where these differ.
  private static func byPayload(_ seen: [Seen], _ patterns: (Seen) -> [String]) -> JSON {
    var members: [(payload: String, patterns: [String])] = []
    for payload in seen.map(\.payload).uniqued() {
      members.append((payload, seen.filter { $0.payload == payload }.flatMap(patterns).uniqued().sorted()))
    }
    if members.allSatisfy({ $0.patterns == members[0].patterns }) { return oneOrMore(members[0].patterns) }
    return .object(JSONObject(members.map { ($0.payload, oneOrMore($0.patterns)) }))
  }

  private static func oneOrMore(_ texts: [String]) -> JSON {
    texts.count == 1 ? .string(texts[0]) : .array(texts.map(JSON.string))
  }
}
